/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who handles which interrupt. The table is written before the interrupt is enabled and only read by the dispatcher. */
#include "amp/guest/irq.h"

#include "amp/guest/exception.h"
#include "amp/guest/info.h"
#include "amp/guest/mmio.h"
#include "gic.h"

#define SPURIOUS_FIRST 1020

struct handler {
    amp_irq_handler *function;
    void *context;
};

static struct handler handlers[AMP_IRQ_COUNT];
static uint32_t unexpected_count;
static const struct amp_gic *gic;

uint32_t amp_gic_intid_count(void)
{
    return 32 * ((amp_mmio_read32(amp_platform.gicd + GICD_TYPER) & 0x1f) + 1);
}

void amp_gic_configure(uint32_t intid, bool edge)
{
    uintptr_t address = amp_platform.gicd + GICD_ICFGR + intid / 16 * 4;
    uint32_t bit = 2u << intid % 16 * 2;
    uint32_t value = amp_mmio_read32(address);

    amp_mmio_write32(address, edge ? value | bit : value & ~bit);
}

void amp_irq_init(void)
{
    gic = amp_platform.gic_version == 3 ? &amp_gicv3 : &amp_gicv2;
    gic->init();
}

void amp_irq_enable(uint32_t intid, bool edge, amp_irq_handler *handler, void *context)
{
    if (intid >= AMP_IRQ_COUNT)
        return;
    handlers[intid] = (struct handler){handler, context};
    __asm__ volatile("" : : : "memory"); /* the dispatcher runs on this core: order in the program is enough */
    gic->enable(intid, edge);
}

void amp_irq_disable(uint32_t intid)
{
    if (intid < AMP_IRQ_COUNT)
        gic->disable(intid);
}

void amp_irq_send_self(uint32_t sgi)
{
    amp_dsb(); /* what the handler will look at is written first */
    gic->send_self(sgi & 0xf);
}

uint32_t amp_irq_unexpected_count(void)
{
    return unexpected_count;
}

__attribute__((weak)) void amp_on_irq(struct amp_exception *exception)
{
    uint32_t acknowledged = gic->acknowledge();
    uint32_t intid = acknowledged & 0x3ff;

    (void)exception;
    if (intid >= SPURIOUS_FIRST) {
        unexpected_count++;
        return;
    }
    if (intid < AMP_IRQ_COUNT && handlers[intid].function != 0)
        handlers[intid].function(intid, handlers[intid].context);
    else
        unexpected_count++;
    gic->end(acknowledged);
}
