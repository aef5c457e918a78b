/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "timer.h"

#include "amp/guest/guest.h"

#define TIMER(kind, letter, counter, number) \
    static uint64_t kind##_count(void) \
    { \
        amp_isb(); \
        return AMP_SYSREG_READ(counter); \
    } \
    static uint64_t kind##_ctl(void) \
    { \
        amp_isb(); \
        return AMP_SYSREG_READ(cnt##letter##_ctl_el0); \
    } \
    static void kind##_set_ctl(uint64_t value) \
    { \
        AMP_SYSREG_WRITE(cnt##letter##_ctl_el0, value); \
        amp_isb(); \
    } \
    static uint64_t kind##_cval(void) \
    { \
        return AMP_SYSREG_READ(cnt##letter##_cval_el0); \
    } \
    static void kind##_set_cval(uint64_t value) \
    { \
        AMP_SYSREG_WRITE(cnt##letter##_cval_el0, value); \
        amp_isb(); \
    } \
    static uint32_t kind##_tval(void) \
    { \
        amp_isb(); \
        return (uint32_t)AMP_SYSREG_READ(cnt##letter##_tval_el0); \
    } \
    static void kind##_set_tval(uint32_t value) \
    { \
        AMP_SYSREG_WRITE(cnt##letter##_tval_el0, value); \
        amp_isb(); \
    } \
    const struct timer kind##_timer = {number,        kind##_count, kind##_ctl, kind##_set_ctl, kind##_cval, \
                                       kind##_set_cval, kind##_tval, kind##_set_tval};

TIMER(virtual, v, cntvct_el0, AMP_IRQ_VIRTUAL_TIMER)
TIMER(physical, p, cntpct_el0, AMP_IRQ_PHYSICAL_TIMER)

void timers_reset(void)
{
    virtual_timer.set_ctl(0);
    physical_timer.set_ctl(0);
}
