/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The architectural virtual timer: a counter, and one deadline with an interrupt (AMP_IRQ_VIRTUAL_TIMER, level). */
#ifndef AMP_GUEST_TIMER_H
#define AMP_GUEST_TIMER_H

#include <stdint.h>

#include "amp/guest/cpu.h"

static inline uint64_t amp_timer_now(void)
{
    amp_isb(); /* else the counter may be read ahead of what comes before it */
    return amp_arch_counter();
}

static inline uint64_t amp_timer_frequency(void)
{
    return amp_arch_counter_frequency();
}

/* The interrupt is asserted from `deadline` on until the next amp_timer_at with a later one, or amp_timer_off. */
static inline void amp_timer_at(uint64_t deadline)
{
    amp_arch_set_timer(deadline);
    amp_arch_control_timer(1);
    amp_isb();
}

static inline void amp_timer_off(void)
{
    amp_arch_control_timer(0);
    amp_isb();
}

#endif
