/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Interrupts of a GICv2 or GICv3, whichever the platform has. Handlers run with interrupts masked; the library acknowledges
 * and ends the interrupt around them.
 */
#ifndef AMP_GUEST_IRQ_H
#define AMP_GUEST_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/guest/cpu.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AMP_IRQ_COUNT 256
#define AMP_IRQ_VIRTUAL_TIMER 27
#define AMP_IRQ_PHYSICAL_TIMER 30

typedef void amp_irq_handler(uint32_t intid, void *context);

/* Called before main: distributor, this core's part and CPU interface on, every interrupt disabled, IRQ masked in DAIF. */
void amp_irq_init(void);

/* Sets who handles INTID < AMP_IRQ_COUNT and enables it. `edge` matters for SPIs only. */
void amp_irq_enable(uint32_t intid, bool edge, amp_irq_handler *handler, void *context);
void amp_irq_disable(uint32_t intid);
/* SGI 0-15 to this core. */
void amp_irq_send_self(uint32_t sgi);
/* Interrupts that came without a handler, or spurious. */
uint32_t amp_irq_unexpected_count(void);

#ifdef __cplusplus
}
#endif
#endif
