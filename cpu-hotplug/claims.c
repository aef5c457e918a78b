// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims physical regions in Linux's resource tree and SPIs in its interrupt domain, so that no driver and no other partition
 * has them too; what can't be proven free is refused. Called by creation and its undo.
 */
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/mm.h>
#include "arch/arch.h"
#include "claims.h"
#include "host.h"

static bool allowed(const struct amp_region *r)
{
	if (region_intersects(r->pa, r->size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT)
		return false;
	if (r->kind == AMP_REGION_FIXED)
		return amp_host_is_reserved(r->pa, r->size);
	return !amp_host_is_gic(r->pa, r->size) && !amp_host_is_reserved(r->pa, r->size);
}

static bool is_physical(const struct amp_region *r)
{
	return r->kind == AMP_REGION_FIXED || r->kind == AMP_REGION_DEVICE;
}

static int claim_regions(struct partition *p, struct amp_report *report)
{
	const struct amp_region *r = amp_descriptor_regions(p->spec);
	u32 i;

	for (i = 0; i < p->spec->region_count; i++) {
		if (is_physical(&r[i]) && (!allowed(&r[i]) || !request_mem_region(r[i].pa, r[i].size, p->name)))
			return amp_fail(report, -EBUSY, AMP_STATUS_BAD_PHYSICAL, i, r[i].pa);
		p->claimed_regions = i + 1;
	}
	return 0;
}

static void unclaim_regions(struct partition *p)
{
	const struct amp_region *r = amp_descriptor_regions(p->spec);

	while (p->claimed_regions) {
		p->claimed_regions--;
		if (is_physical(&r[p->claimed_regions]))
			release_mem_region(r[p->claimed_regions].pa, r[p->claimed_regions].size);
	}
}

/* Binding of the GIC: first cell 0 for an SPI, second its INTID - 32, third the trigger. */
unsigned int amp_claims_map_spi(u32 intid, unsigned int type)
{
	struct irq_fwspec spec = { .fwnode = amp_host.gic_fwnode, .param_count = 3, .param = { 0, intid - 32, type } };
	struct irq_domain *domain = irq_find_matching_fwspec(&spec, DOMAIN_BUS_WIRED);

	if (!domain)
		domain = irq_find_matching_fwspec(&spec, DOMAIN_BUS_ANY);
	if (!domain || irq_find_mapping(domain, intid))
		return 0;
	return irq_create_fwspec_mapping(&spec);
}

static int claim_irqs(struct partition *p, struct amp_report *report)
{
	const struct amp_irq *irq = amp_descriptor_irqs(p->spec);
	unsigned int type, mapped;
	u32 i;

	for (i = 0; i < p->spec->irq_count; i++) {
		type = irq[i].flags & AMP_IRQ_LEVEL ? IRQ_TYPE_LEVEL_HIGH : IRQ_TYPE_EDGE_RISING;
		mapped = amp_claims_map_spi(irq[i].intid, type);
		if (!mapped)
			return amp_fail(report, -EBUSY, AMP_STATUS_BAD_IRQ, i, irq[i].intid);
		p->claimed_irqs[p->claimed_irq_count++] = mapped;
		if (irq_set_irq_type(mapped, type))
			return amp_fail(report, -EINVAL, AMP_STATUS_BAD_IRQ, i, irq[i].intid);
	}
	return 0;
}

static void unclaim_irqs(struct partition *p)
{
	while (p->claimed_irq_count) {
		p->claimed_irq_count--;
		amp_arch_spi_silence(amp_descriptor_irqs(p->spec)[p->claimed_irq_count].intid);
		irq_dispose_mapping(p->claimed_irqs[p->claimed_irq_count]);
	}
}

int amp_claims_take(struct partition *p, struct amp_report *report)
{
	int err = claim_regions(p, report);

	if (!err)
		err = claim_irqs(p, report);
	if (err)
		amp_claims_give(p);
	return err;
}

void amp_claims_give(struct partition *p)
{
	unclaim_irqs(p);
	unclaim_regions(p);
}
