// SPDX-License-Identifier: GPL-2.0-only
// The end of a guest: what dom0 will read about it, and the core's way back to the firmware.
#ifndef AMP_MONITOR_CORE_VCPU_HPP
#define AMP_MONITOR_CORE_VCPU_HPP

#include "core/monitor.hpp"

namespace amp {

// reason: AMP_EXIT_*. Exit record and log, nothing else.
void record_end(Monitor& monitor, uint32_t reason, const Registers& registers, const Syndrome& syndrome);
// The same, cleans up, calls dom0, turns the core off.
[[noreturn]] void end_guest(Monitor& monitor, uint32_t reason, const Registers& registers, const Syndrome& syndrome);
// What a hypercall or an interrupt left to do.
void finish_work(Monitor& monitor, Work work, const Registers& registers);
// The boot information was refused: status is AMP_STATUS_*.
[[noreturn]] void refuse(Monitor& monitor, uint32_t status);

} // namespace amp

#endif
