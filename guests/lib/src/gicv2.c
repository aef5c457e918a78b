/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* GICv2 (Arm IHI 0048): distributor and memory-mapped CPU interface, as a guest without security states sees them. */
#include "amp/guest/info.h"
#include "amp/guest/mmio.h"
#include "gic.h"

enum { GICC_CTLR = 0x00, GICC_PMR = 0x04, GICC_BPR = 0x08, GICC_IAR = 0x0c, GICC_EOIR = 0x10 };
enum { SGIR_TO_SELF = 2 << 24 };

static uint8_t own_target;

static void gicd_write(uint32_t offset, uint32_t value)
{
    amp_mmio_write32(amp_platform.gicd + offset, value);
}

static void init(void)
{
    uint32_t count = amp_gic_intid_count();

    gicd_write(GICD_CTLR, 0);
    for (uint32_t intid = 0; intid < count; intid += 32)
        gicd_write(GICD_ICENABLER + intid / 8, 0xffffffff);
    /* The banked target bytes of SGIs read as our own interface; on a single-core GIC as 0, and targets are ignored. */
    own_target = (uint8_t)amp_mmio_read32(amp_platform.gicd + GICD_ITARGETSR);
    gicd_write(GICD_CTLR, 1);
    amp_mmio_write32(amp_platform.gicc + GICC_PMR, 0xff);
    amp_mmio_write32(amp_platform.gicc + GICC_BPR, 0);
    amp_mmio_write32(amp_platform.gicc + GICC_CTLR, 1);
}

static void enable(uint32_t intid, bool edge)
{
    amp_mmio_write8(amp_platform.gicd + GICD_IPRIORITYR + intid, GIC_PRIORITY);
    if (intid >= GIC_FIRST_SPI) {
        amp_gic_configure(intid, edge);
        amp_mmio_write8(amp_platform.gicd + GICD_ITARGETSR + intid, own_target);
    }
    gicd_write(GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void disable(uint32_t intid)
{
    gicd_write(GICD_ICENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void send_self(uint32_t sgi)
{
    gicd_write(GICD_SGIR, SGIR_TO_SELF | sgi);
}

static uint32_t acknowledge(void)
{
    return amp_mmio_read32(amp_platform.gicc + GICC_IAR);
}

static void end(uint32_t acknowledged)
{
    amp_mmio_write32(amp_platform.gicc + GICC_EOIR, acknowledged);
}

const struct amp_gic amp_gicv2 = {init, enable, disable, send_self, acknowledge, end};
