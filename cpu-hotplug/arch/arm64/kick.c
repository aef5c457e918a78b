// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kick: software-generated interrupt host.kick_sgi to one donated core, which its monitor has routed to EL2, so that no
 * guest can mask it. Called by whoever has a doorbell or a request for a monitor; never aimed at a core of Linux.
 */
#include <linux/bits.h>
#include <linux/io.h>
#include <asm/barrier.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include "arch/arch.h"
#include "host.h"

/* GICv2 (IHI 0048) 4.3 */
#define GICD_ITARGETSR 0x800
#define GICD_SGIR 0xf00
#define GICD_SGIR_TARGETS_SHIFT 16
/* GICv3 (IHI 0069) 12.11: SGI frame of a redistributor, 64 KiB behind its first frame */
#define GICR_SGI_FRAME 0x10000
#define GICR_ICPENDR0 0x280

/* Arm ARM D19.2.64: ID_AA64PFR0_EL1.EL1, whose names differ between kernels */
#define PFR0_EL1_SHIFT 4
#define PFR0_EL1_AARCH32 2

#ifndef SYS_ICC_SGI1R_EL1
#define SYS_ICC_SGI1R_EL1 sys_reg(3, 0, 12, 11, 5)
#endif

/* IHI 0048 4.3.12: the bytes of SGIs and PPIs read as the reading core's own mask; some are unimplemented and read as zero. */
static u64 own_gicv2_mask(void)
{
	u32 offset, word;

	for (offset = 0; offset < 32; offset += 4) {
		word = readl_relaxed(amp_host.gicd_base + GICD_ITARGETSR + offset);
		word |= word >> 16;
		word |= word >> 8;
		if (word & 0xff)
			return word & 0xff;
	}
	return 0;
}

void amp_arch_read_facts(void *data)
{
	struct amp_core_facts *facts = data;

	facts->mpidr = read_cpuid_mpidr() & MPIDR_HWID_BITMASK;
	facts->kick_target = amp_host.gic_version == 3 ? facts->mpidr : own_gicv2_mask();
	facts->aarch32 = (read_cpuid(ID_AA64PFR0_EL1) >> PFR0_EL1_SHIFT & 0xf) == PFR0_EL1_AARCH32;
}

/* IHI 0069 12.2.24: target list of 16 cores, chosen by RS = Aff0 / 16 */
static u64 sgi1r(u64 mpidr, u32 intid)
{
	u64 aff0 = mpidr & 0xff;

	return (mpidr >> 32 & 0xff) << 48 | (aff0 / 16) << 44 | (mpidr >> 16 & 0xff) << 32 | (u64)intid << 24 |
	       (mpidr >> 8 & 0xff) << 16 | BIT(aff0 % 16);
}

void amp_arch_kick(u64 target)
{
	/* The mailbox and doorbell words before the interrupt; partner: the monitor's acquire loads after it took the SGI. */
	dsb(ishst);
	if (amp_host.gic_version == 3) {
		write_sysreg_s(sgi1r(target, amp_host.kick_sgi), SYS_ICC_SGI1R_EL1);
		isb();
	} else {
		writel_relaxed((u32)(target & 0xff) << GICD_SGIR_TARGETS_SHIFT | amp_host.kick_sgi,
			       amp_host.gicd_base + GICD_SGIR);
	}
}

/* On GICv2 the pending bits of SGIs are banked, only the core itself reaches them: there the monitor clears before it leaves. */
void amp_arch_kick_clear(const struct amp_area *gicr)
{
	void __iomem *frame;

	if (amp_host.gic_version != 3)
		return;
	frame = ioremap(gicr->pa + GICR_SGI_FRAME, AMP_PAGE_SIZE);
	if (!frame)
		return;
	writel(BIT(amp_host.kick_sgi), frame + GICR_ICPENDR0);
	iounmap(frame);
}
