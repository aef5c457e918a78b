/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The processor's own instructions: barriers, interrupt mask, waiting; arch.h has the registers. Used by the library and by guests.
 */
#ifndef AMP_GUEST_CPU_H
#define AMP_GUEST_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/guest/arch.h"

static inline void amp_isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

static inline void amp_dsb(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

static inline void amp_irq_mask(void)
{
    amp_arch_mask_irq();
}

static inline void amp_irq_unmask(void)
{
    amp_arch_unmask_irq();
}

/*
 * Sleeps until an interrupt is pending. Call it with interrupts masked, after looking at what the handlers set: WFI then
 * ends at once if one became pending in between, and the handler runs at the next amp_irq_unmask (Arm ARM, D1.6.2).
 */
static inline void amp_cpu_wait(void)
{
    __asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

#endif
