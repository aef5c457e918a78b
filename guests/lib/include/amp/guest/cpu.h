/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The processor's own instructions: system registers, barriers, interrupt mask, waiting. Used by the library and by guests.
 */
#ifndef AMP_GUEST_CPU_H
#define AMP_GUEST_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
#define AMP_SYSREG_READ(name) \
    __extension__({ uint64_t value_; __asm__ volatile("mrs %0, " #name : "=r"(value_)); value_; })
#define AMP_SYSREG_WRITE(name, value) \
    do { uint64_t value_ = (value); __asm__ volatile("msr " #name ", %0" : : "r"(value_) : "memory"); } while (0)
/* clang-format on */

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
    __asm__ volatile("msr daifset, #2" : : : "memory");
}

static inline void amp_irq_unmask(void)
{
    __asm__ volatile("msr daifclr, #2" : : : "memory");
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
