// SPDX-License-Identifier: GPL-2.0-only
// What happens once dom0 or a peer has called, and waiting on the guest's behalf. Runs with all of the guest's registers saved.
#ifndef AMP_MONITOR_CORE_KICK_HPP
#define AMP_MONITOR_CORE_KICK_HPP

#include "core/monitor.hpp"

namespace amp {

// Requests, doorbells, console input. Does not return where the request is to stop.
void handle_kick(Monitor& monitor, const Registers& registers);
// WFI where the guest has to wait whatever is pending for it.
void wait_quietly(Monitor& monitor);
// PSCI CPU_SUSPEND: until there is an interrupt for the guest; kicks are handled meanwhile.
void wait_for_guest_interrupt(Monitor& monitor, const Registers& registers);
// Tells the module that the state is what it asked for: release, partner: its acquire load of ack_seq.
void acknowledge(Monitor& monitor, uint32_t state);

} // namespace amp

#endif
