/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The distributor's part and what GICv2 and GICv3 share; their CPU interfaces are in gic_cpu.c. */
#include "gic.h"

#include "gic_cpu.h"

#define REDISTRIBUTOR_SGI_FRAME 0x10000
enum { GICR_CTLR = 0x000 };
enum { CTLR_GROUP0 = 1 << 0, CTLR_GROUP1 = 1 << 1, CTLR_ARE = 1 << 4, CTLR_RWP = 1u << 31 };
#define GICR_CTLR_RWP (1u << 3)

bool gic_is_v3(void)
{
    return amp_platform.gic_version == 3;
}

uint32_t gicd_read(uint32_t offset)
{
    return amp_mmio_read32(amp_platform.gicd + offset);
}

void gicd_write(uint32_t offset, uint32_t value)
{
    amp_mmio_write32(amp_platform.gicd + offset, value);
    gic_sync();
}

uintptr_t gic_frame(uint32_t intid)
{
    return gic_is_v3() && intid < 32 ? amp_platform.gicr + REDISTRIBUTOR_SGI_FRAME : amp_platform.gicd;
}

void gic_sync(void)
{
    if (gic_is_v3()) {
        while ((amp_mmio_read32(amp_platform.gicd + GICD_CTLR) & CTLR_RWP) != 0)
            ;
        while ((amp_mmio_read32(amp_platform.gicr + GICR_CTLR) & GICR_CTLR_RWP) != 0)
            ;
    }
    amp_dsb();
    amp_isb();
}

static uintptr_t word_of(uint32_t reg, uint32_t intid)
{
    return gic_frame(intid) + reg + intid / 32 * 4;
}

void gic_set(uint32_t reg, uint32_t intid)
{
    amp_mmio_write32(word_of(reg, intid), 1u << intid % 32);
    gic_sync();
}

bool gic_get(uint32_t reg, uint32_t intid)
{
    return (amp_mmio_read32(word_of(reg, intid)) >> intid % 32 & 1) != 0;
}

void gic_set_group(uint32_t intid, unsigned group)
{
    uintptr_t address = word_of(GICD_IGROUPR, intid);
    uint32_t bit = 1u << intid % 32;
    uint32_t value = amp_mmio_read32(address);

    amp_mmio_write32(address, group != 0 ? value | bit : value & ~bit);
    gic_sync();
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
    amp_mmio_write8(gic_frame(intid) + GICD_IPRIORITYR + intid, priority);
    amp_dsb();
}

uint8_t gic_priority(uint32_t intid)
{
    return amp_mmio_read8(gic_frame(intid) + GICD_IPRIORITYR + intid);
}

void gic_set_edge(uint32_t intid, bool edge)
{
    uintptr_t address = gic_frame(intid) + GICD_ICFGR + intid / 16 * 4;
    uint32_t bit = 2u << intid % 16 * 2;
    uint32_t value = amp_mmio_read32(address);

    amp_mmio_write32(address, edge ? value | bit : value & ~bit);
    amp_dsb();
}

void gic_prepare(uint32_t intid, uint8_t priority)
{
    if (intid >= 32)
        gic_set_edge(intid, true);
    gic_set_priority(intid, priority);
    gic_set(GICD_ISENABLER, intid);
}

void gic_enable_groups(bool group0, bool group1)
{
    gicd_write(GICD_CTLR,
               (gic_is_v3() ? CTLR_ARE : 0u) | (group0 ? CTLR_GROUP0 : 0u) | (group1 ? CTLR_GROUP1 : 0u));
}

static void reset_word(uint32_t intid)
{
    uint32_t groups = gic_is_v3() ? ~0u : 0;

    amp_mmio_write32(word_of(GICD_ICENABLER, intid), ~0u);
    gic_sync();
    amp_mmio_write32(word_of(GICD_ICACTIVER, intid), ~0u);
    amp_mmio_write32(word_of(GICD_ICPENDR, intid), ~0u);
    amp_mmio_write32(word_of(GICD_IGROUPR, intid), groups);
    for (uint32_t i = 0; i < 32; i += 4)
        amp_mmio_write32(gic_frame(intid) + GICD_IPRIORITYR + intid + i, PRIORITY_DEFAULT * 0x01010101u);
    if (intid >= 32) {
        amp_mmio_write32(gic_frame(intid) + GICD_ICFGR + intid / 4, 0);
        amp_mmio_write32(gic_frame(intid) + GICD_ICFGR + intid / 4 + 4, 0);
    }
    gic_sync();
}

void gic_reset(void)
{
    gic_cpu_reset();
    for (uint32_t intid = 0; intid < AMP_IRQ_COUNT; intid += 32)
        reset_word(intid);
    for (uint32_t sgi = 0; !gic_is_v3() && sgi < 16; sgi += 4)
        gicd_write(GICD_CPENDSGIR + sgi, ~0u);
    gic_enable_groups(true, true);
}
