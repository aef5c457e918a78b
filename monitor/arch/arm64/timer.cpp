// SPDX-License-Identifier: GPL-2.0-only
// The guest's two EL1 timers are its own; only a pause stops them.
#include "arch/arch.hpp"

namespace amp::arch {

TimerState stop_timers() {
    const TimerState state{AMP_READ_SYSREG(cntv_ctl_el0), AMP_READ_SYSREG(cntp_ctl_el0), counter()};
    AMP_WRITE_SYSREG(cntv_ctl_el0, 0);
    AMP_WRITE_SYSREG(cntp_ctl_el0, 0);
    isb();
    return state;
}

// Compare values stay where they are: the virtual counter is set back by the length of the pause.
void restart_timers(const TimerState& state) {
    isb();
    AMP_WRITE_SYSREG(cntvoff_el2, AMP_READ_SYSREG(cntvoff_el2) + counter() - state.stopped_at);
    AMP_WRITE_SYSREG(cntv_ctl_el0, state.virtual_control);
    AMP_WRITE_SYSREG(cntp_ctl_el0, state.physical_control);
    isb();
}

} // namespace amp::arch
