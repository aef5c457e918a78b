/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* GICv3 (Arm IHI 0069): distributor, this core's redistributor, CPU interface by system registers; everything in group 1. */
#include "amp/guest/cpu.h"
#include "amp/guest/info.h"
#include "amp/guest/mmio.h"
#include "gic.h"

enum { GICR_WAKER = 0x14, GICR_SGI_FRAME = 0x10000 };
enum { WAKER_PROCESSOR_SLEEP = 1 << 1, WAKER_CHILDREN_ASLEEP = 1 << 2 };
enum { CTLR_GROUP1 = 1 << 1, CTLR_ARE = 1 << 4 };

#define MPIDR_AFFINITY 0xff00ffffffull

static uintptr_t gicr_sgi(void)
{
    return amp_platform.gicr + GICR_SGI_FRAME;
}

static void init_distributor(void)
{
    uint32_t count = amp_gic_intid_count();

    amp_mmio_write32(amp_platform.gicd + GICD_CTLR, 0);
    for (uint32_t intid = GIC_FIRST_SPI; intid < count; intid += 32) {
        amp_mmio_write32(amp_platform.gicd + GICD_ICENABLER + intid / 8, 0xffffffff);
        amp_mmio_write32(amp_platform.gicd + GICD_IGROUPR + intid / 8, 0xffffffff);
    }
    amp_mmio_write32(amp_platform.gicd + GICD_CTLR, CTLR_ARE | CTLR_GROUP1);
}

static void init_redistributor(void)
{
    uint32_t waker = amp_mmio_read32(amp_platform.gicr + GICR_WAKER);

    amp_mmio_write32(amp_platform.gicr + GICR_WAKER, waker & ~(uint32_t)WAKER_PROCESSOR_SLEEP);
    while ((amp_mmio_read32(amp_platform.gicr + GICR_WAKER) & WAKER_CHILDREN_ASLEEP) != 0)
        ; /* hardware answers within a few cycles (IHI 0069, 11.1) */
    amp_mmio_write32(gicr_sgi() + GICD_ICENABLER, 0xffffffff);
    amp_mmio_write32(gicr_sgi() + GICD_IGROUPR, 0xffffffff);
}

static void init(void)
{
    init_distributor();
    init_redistributor();
    amp_arch_write_icc_sre(1);
    amp_isb();
    amp_arch_write_icc_pmr(0xff);
    amp_arch_write_icc_bpr1(0);
    amp_arch_write_icc_igrpen1(1);
    amp_isb();
}

static void enable(uint32_t intid, bool edge)
{
    uintptr_t base = intid < GIC_FIRST_SPI ? gicr_sgi() : amp_platform.gicd;

    amp_mmio_write8(base + GICD_IPRIORITYR + intid, GIC_PRIORITY);
    if (intid >= GIC_FIRST_SPI) {
        amp_gic_configure(intid, edge);
        amp_mmio_write64(base + GICD_IROUTER + 8 * intid, amp_arch_mpidr() & MPIDR_AFFINITY);
    }
    amp_mmio_write32(base + GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void disable(uint32_t intid)
{
    uintptr_t base = intid < GIC_FIRST_SPI ? gicr_sgi() : amp_platform.gicd;

    amp_mmio_write32(base + GICD_ICENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void send_self(uint32_t sgi)
{
    uint64_t mpidr = amp_arch_mpidr();
    uint64_t aff0 = mpidr & 0xff, aff1 = mpidr >> 8 & 0xff, aff2 = mpidr >> 16 & 0xff, aff3 = mpidr >> 32 & 0xff;

    /* ICC_SGI1R_EL1: target list bit Aff0 % 16 in range Aff0 / 16 */
    amp_arch_write_icc_sgi1r(aff3 << 48 | aff0 / 16 << 44 | aff2 << 32 | (uint64_t)sgi << 24 | aff1 << 16 | 1ull << aff0 % 16);
    amp_isb();
}

static uint32_t acknowledge(void)
{
    uint32_t intid = amp_arch_read_icc_iar1();

    __asm__ volatile("dsb sy" : : : "memory"); /* the acknowledge takes effect before the handler touches the device */
    return intid;
}

static void end(uint32_t acknowledged)
{
    amp_arch_write_icc_eoir1(acknowledged);
    amp_isb();
}

const struct amp_gic amp_gicv3 = {init, enable, disable, send_self, acknowledge, end};
