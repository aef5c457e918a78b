// SPDX-License-Identifier: GPL-2.0-only
// arm64's side of arch/arch.hpp.
#ifndef AMP_MONITOR_ARCH_ARM64_ARCH_OPS_HPP
#define AMP_MONITOR_ARCH_ARM64_ARCH_OPS_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"
#include "sysreg.hpp"

namespace amp::arch {

inline uint64_t counter() { return AMP_READ_SYSREG(cntpct_el0); }

// The interrupts stay masked in PSTATE: WFI ends for a pending one all the same (Arm ARM D1.6.2). DSB: everything written so
// far is visible to those who may wake us.
inline void wait_for_interrupt() {
    dsb_sy();
    __asm__ __volatile__("wfi" : : : "memory");
}

inline void full_barrier() { __asm__ __volatile__("dmb ish" : : : "memory"); }

void save_guest_state(amp_exit_record& record);

struct TimerState {
    uint64_t virtual_control, physical_control, stopped_at;
};
TimerState stop_timers();
void restart_timers(const TimerState& state);

void pend_doorbell_early(const amp_boot_info& boot, uint32_t intid);

int32_t firmware(uint32_t function, uint64_t argument);

[[noreturn]] void leave_core();

} // namespace amp::arch

#endif
