// SPDX-License-Identifier: GPL-2.0-only
// The guest's state in this core's registers: made at start, saved and cleared at the end.
#ifndef AMP_MONITOR_ARCH_ARM64_VCPU_HPP
#define AMP_MONITOR_ARCH_ARM64_VCPU_HPP

#include <stdint.h>

#include "id_registers.hpp"

namespace amp::arch {

// Everything that EL1 and EL0 can see or that would interrupt: values after reset, timers and debug off.
void clear_guest_state();
// The trap registers and stage 2; `vttbr` includes the VMID. The guest may run after it.
struct GuestTraps {
    bool aarch32, id_registers;
};
void configure_guest(uint64_t vttbr, unsigned gpa_bits, GuestTraps traps);
IdRegisters read_id_registers();
// Before the virtual GIC or anything else exists.
[[noreturn]] void leave_core_without_guest();

} // namespace amp::arch

#endif
