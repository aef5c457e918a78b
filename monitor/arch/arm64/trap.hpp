// SPDX-License-Identifier: GPL-2.0-only
// What vectors.S calls, and what the handlers share.
#ifndef AMP_MONITOR_ARCH_ARM64_TRAP_HPP
#define AMP_MONITOR_ARCH_ARM64_TRAP_HPP

#include "core/monitor.hpp"

namespace amp {

// The one of this core. amp_prepare makes it in zeroed data: a global object would want a constructor to be run.
union MonitorStorage {
    constexpr MonitorStorage() : nothing() {}
    char nothing;
    Monitor monitor;
};
[[gnu::visibility("hidden")]] extern MonitorStorage this_monitor_storage; // else reached through a GOT
inline Monitor& this_monitor() { return this_monitor_storage.monitor; }

// The trapped instruction does not exist for this guest; its EL1, a 64-bit one, gets the exception.
void inject_undefined(Monitor& monitor, uint64_t esr);
// An exception of the monitor's own code: recorded, told, core off.
[[noreturn]] void monitor_fault(Monitor& monitor, const Registers& registers);

extern "C" {
uint32_t amp_hvc_exit(Registers* registers);
uint32_t amp_irq_exit();
void amp_finish_exit(Registers* registers, uint32_t work);
// Data aborts. 0: no device access that can be emulated at once; nothing has changed, amp_trap_exit must see it.
uint32_t amp_device_read(Registers* registers, uint64_t esr);
uint32_t amp_device_write(Registers* registers, uint64_t esr);
void amp_trap_exit(Registers* registers, uint64_t esr);
// Out of AArch32 state, for any reason but interrupts and SError.
void amp_aarch32_exit(Registers* registers, uint64_t esr);
void amp_serror_exit(Registers* registers);
[[noreturn]] void amp_monitor_fault(Registers* registers);
}

} // namespace amp

#endif
