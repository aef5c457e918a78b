/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The architectural virtual timer: a counter, and one deadline with an interrupt (AMP_IRQ_VIRTUAL_TIMER, level). */
#ifndef AMP_GUEST_TIMER_H
#define AMP_GUEST_TIMER_H

#include <stdint.h>

#include "amp/guest/cpu.h"

static inline uint64_t amp_timer_now(void)
{
    amp_isb(); /* else the counter may be read ahead of what comes before it */
    return AMP_SYSREG_READ(cntvct_el0);
}

static inline uint64_t amp_timer_frequency(void)
{
    return AMP_SYSREG_READ(cntfrq_el0);
}

/* The interrupt is asserted from `deadline` on until the next amp_timer_at with a later one, or amp_timer_off. */
static inline void amp_timer_at(uint64_t deadline)
{
    AMP_SYSREG_WRITE(cntv_cval_el0, deadline);
    AMP_SYSREG_WRITE(cntv_ctl_el0, 1);
    amp_isb();
}

static inline void amp_timer_off(void)
{
    AMP_SYSREG_WRITE(cntv_ctl_el0, 0);
    amp_isb();
}

#endif
