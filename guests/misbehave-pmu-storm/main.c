// SPDX-License-Identifier: GPL-2.0-only
// Every counter of the PMU runs, is open to EL0 and has overflowed; the interrupt is never cleared. Expected: contained, and
// stopped when asked; Linux finds the core's PMU as it wants it.
#include "amp/guest/guest.h"

#define PMU_INTID 23u
#define ALL 0xffffffffu

static volatile uint32_t taken;

static void on_overflow(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    taken++;
}

static void overflow_all(void)
{
    uint64_t counters = AMP_SYSREG_READ(pmcr_el0) >> 11 & 0x1f;

    for (uint64_t n = 0; n < counters; n++) {
        AMP_SYSREG_WRITE(pmselr_el0, n);
        amp_isb();
        AMP_SYSREG_WRITE(pmxevtyper_el0, 0x11); /* CPU_CYCLES, at every level that it may count */
        AMP_SYSREG_WRITE(pmxevcntr_el0, 0xffffff00);
    }
    AMP_SYSREG_WRITE(pmccfiltr_el0, 1u << 27);
    AMP_SYSREG_WRITE(pmuserenr_el0, 0xf);
    AMP_SYSREG_WRITE(pmcr_el0, 1);
    AMP_SYSREG_WRITE(pmccntr_el0, 0xffffff00);
    AMP_SYSREG_WRITE(pmintenset_el1, ALL);
    AMP_SYSREG_WRITE(pmcntenset_el0, ALL);
    AMP_SYSREG_WRITE(pmovsset_el0, ALL);
    amp_isb();
}

int main(void)
{
    amp_irq_enable(PMU_INTID, false, on_overflow, NULL);
    amp_printf("misbehave: a storm of PMU interrupts\n");
    overflow_all();
    for (;;) {
    }
}
