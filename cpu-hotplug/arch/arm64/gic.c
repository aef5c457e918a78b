// SPDX-License-Identifier: GPL-2.0-only
/*
 * The few registers of the interrupt controller that the module touches beside Linux's own driver: set/clear registers of
 * SPIs that a partition owns, and read-only identification. Never a register that Linux's driver reads, changes and writes.
 */
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/sizes.h>
#include "arch/arch.h"
#include "host.h"

#define GICD_CTLR 0x000
#define GICD_CTLR_RWP BIT(31)
#define GICD_TYPER 0x004
#define GICD_ICENABLER 0x180
#define GICD_ISPENDR 0x200
#define GICD_ICPENDR 0x280
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_IROUTER 0x6000
/* IHI 0069 12.11.35 */
#define GICR_TYPER 0x008
#define GICR_TYPER_VLPIS BIT_ULL(1)
#define GICR_TYPER_LAST BIT_ULL(4)

static void write_bit(u32 reg, u32 intid)
{
	writel(BIT(intid % 32), amp_host.gicd_base + reg + intid / 32 * 4);
}

void amp_arch_spi_pend(u32 intid)
{
	write_bit(GICD_ISPENDR, intid);
}

/* IHI 0069 12.9.4: until GICD_CTLR.RWP falls, an interrupt that was disabled may still be taken. GICv2 has no such bit. */
static void wait_disabled(void)
{
	u32 ctlr;

	if (amp_host.gic_version == 3)
		readl_poll_timeout_atomic(amp_host.gicd_base + GICD_CTLR, ctlr, !(ctlr & GICD_CTLR_RWP), 1, 1000);
}

void amp_arch_spi_silence(u32 intid)
{
	write_bit(GICD_ICENABLER, intid);
	wait_disabled();
	write_bit(GICD_ICPENDR, intid);
	write_bit(GICD_ICACTIVER, intid);
}

void amp_arch_spi_save(u32 intid, struct amp_spi_route *route)
{
	route->priority = readb_relaxed(amp_host.gicd_base + GICD_IPRIORITYR + intid);
	if (amp_host.gic_version == 3)
		route->target = readq_relaxed(amp_host.gicd_base + GICD_IROUTER + 8 * intid);
	else
		route->target = readb_relaxed(amp_host.gicd_base + GICD_ITARGETSR + intid);
}

void amp_arch_spi_restore(u32 intid, const struct amp_spi_route *route)
{
	writeb_relaxed(route->priority, amp_host.gicd_base + GICD_IPRIORITYR + intid);
	if (amp_host.gic_version == 3)
		writeq_relaxed(route->target, amp_host.gicd_base + GICD_IROUTER + 8 * intid);
	else
		writeb_relaxed((u8)route->target, amp_host.gicd_base + GICD_ITARGETSR + intid);
}

u32 amp_arch_intid_limit(void)
{
	u32 lines = readl_relaxed(amp_host.gicd_base + GICD_TYPER) & 0x1f;

	return min(32 * (lines + 1), 1020u); /* 1020-1023 are special, IHI 0069 2.2 */
}

/* GICR_TYPER.Affinity_Value is Aff3.Aff2.Aff1.Aff0, packed; MPIDR has Aff3 at bit 32. */
static u64 packed_affinity(u64 mpidr)
{
	return (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;
}

static int find_in_region(const struct amp_area *region, u64 mpidr, struct amp_area *frames)
{
	void __iomem *base = ioremap(region->pa, region->size);
	u64 offset = 0, size, typer;
	int err = -ENODEV;

	if (!base)
		return -ENOMEM;
	while (offset + SZ_128K <= region->size) {
		typer = readq_relaxed(base + offset + GICR_TYPER);
		size = amp_host.gicr_stride ?: typer & GICR_TYPER_VLPIS ? SZ_256K : SZ_128K;
		if (typer >> 32 == packed_affinity(mpidr)) {
			*frames = (struct amp_area){ .pa = region->pa + offset, .size = size };
			err = 0;
			break;
		}
		if (typer & GICR_TYPER_LAST)
			break;
		offset += size;
	}
	iounmap(base);
	return err;
}

int amp_arch_gicr_find(u64 mpidr, struct amp_area *frames)
{
	int i, err = -ENODEV;

	for (i = 0; i < amp_host.gicr_count && err; i++)
		err = find_in_region(&amp_host.gicr[i], mpidr, frames);
	return err;
}
