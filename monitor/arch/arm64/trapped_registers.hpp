// SPDX-License-Identifier: GPL-2.0-only
// System registers that trap: ID registers, SGIs, set/way maintenance, the few that exist and do nothing.
#ifndef AMP_MONITOR_ARCH_ARM64_TRAPPED_REGISTERS_HPP
#define AMP_MONITOR_ARCH_ARM64_TRAPPED_REGISTERS_HPP

#include "core/monitor.hpp"
#include "id_registers.hpp"

namespace amp {

// Once, at start. True: the guest is not shown all that the core has, so that its reads must trap.
bool init_id_registers(const IdRegisters& host, bool gicv3, bool aarch32);
// False: the guest does not have that register, or not in that direction.
bool emulate_register(Monitor& monitor, Registers& registers, uint64_t esr);

} // namespace amp

#endif
