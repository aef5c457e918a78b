// SPDX-License-Identifier: GPL-2.0-only
// Both timers always expired, interrupts open: it never gets past its handler. Expected: contained, and stopped when asked.
#include "amp/guest/guest.h"

static volatile uint32_t taken;

// The compare value stays in the past, so the interrupt is pending again as soon as this one ends.
static void on_timer(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    taken++;
}

int main(void)
{
    amp_printf("misbehave: a storm of timer interrupts\n");
    amp_irq_enable(AMP_IRQ_VIRTUAL_TIMER, false, on_timer, NULL);
    amp_irq_enable(AMP_IRQ_PHYSICAL_TIMER, false, on_timer, NULL);
    AMP_SYSREG_WRITE(cntp_cval_el0, 0);
    AMP_SYSREG_WRITE(cntp_ctl_el0, 1);
    amp_timer_at(0);
    for (;;) {
    }
}
