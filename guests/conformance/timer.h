/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The two EL1 timers (Arm ARM, D11.2) behind one set of functions, so that each test runs on both. */
#ifndef CONFORMANCE_TIMER_H
#define CONFORMANCE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

enum { TIMER_ENABLE = 1, TIMER_IMASK = 2, TIMER_ISTATUS = 4 };

struct timer {
    uint32_t intid;
    uint64_t (*count)(void);
    uint64_t (*ctl)(void);
    void (*set_ctl)(uint64_t value);
    uint64_t (*cval)(void);
    void (*set_cval)(uint64_t value);
    uint32_t (*tval)(void);
    void (*set_tval)(uint32_t value);
};
extern const struct timer virtual_timer, physical_timer;

void timers_reset(void);

#endif
