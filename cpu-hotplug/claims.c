// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims device regions in Linux's resource tree and SPIs in its interrupt domain, so that no driver and no other partition
 * has them too; what can't be proven free is refused. Called by creation and its undo. Reserved memory is only judged here:
 * its claim is memory.c's, because user mappings may outlive the partition.
 */
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/mm.h>
#include "arch/arch.h"
#include "claims.h"
#include "compat.h"
#include "host.h"

static bool allowed(const struct amp_region *r)
{
	if (region_intersects(r->pa, r->size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT)
		return false;
	if (r->kind == AMP_REGION_FIXED)
		return amp_host_is_reserved(r->pa, r->size);
	return !amp_host_is_gic(r->pa, r->size) && !amp_host_is_reserved(r->pa, r->size);
}

static bool claim(const struct amp_region *r, const char *owner)
{
	switch (r->kind) {
	case AMP_REGION_FIXED: return allowed(r);
	case AMP_REGION_DEVICE: return allowed(r) && request_mem_region(r->pa, r->size, owner);
	default: return true;
	}
}

static int claim_regions(struct partition *p, struct amp_report *report)
{
	const struct amp_region *r = amp_descriptor_regions(p->spec);
	u32 i;

	for (i = 0; i < p->spec->region_count; i++) {
		if (!claim(&r[i], p->name))
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
		if (r[p->claimed_regions].kind == AMP_REGION_DEVICE)
			release_mem_region(r[p->claimed_regions].pa, r[p->claimed_regions].size);
	}
}

/*
 * Linux's number of an SPI; *known where it had one already. Binding of the GIC: first cell 0 for an SPI, second its INTID - 32,
 * third the trigger.
 */
static unsigned int map_spi(u32 intid, unsigned int type, bool *known)
{
	struct irq_fwspec spec = { .fwnode = amp_host.gic_fwnode, .param_count = 3, .param = { 0, intid - 32, type } };
	struct irq_domain *domain = irq_find_matching_fwspec(&spec, DOMAIN_BUS_WIRED);
	unsigned int irq;

	if (!domain)
		domain = irq_find_matching_fwspec(&spec, DOMAIN_BUS_ANY);
	if (!domain)
		return 0;
	irq = irq_find_mapping(domain, intid);
	*known = irq;
	return irq ?: irq_create_fwspec_mapping(&spec);
}

unsigned int amp_claims_map_spi(u32 intid, unsigned int type)
{
	bool known = false;
	unsigned int irq = map_spi(intid, type, &known);

	return known ? 0 : irq;
}

/* Never enabled on Linux's side: whatever comes here was routed here by somebody else. */
static irqreturn_t not_for_linux(int irq, void *data)
{
	return IRQ_NONE;
}

/*
 * Linux keeps the number of a device's interrupt when the driver is unbound, so a mapping alone says nothing; a handler does.
 * Ours is installed and never enabled: no driver can have the interrupt, nobody balances it to another core, CPU hotplug passes
 * it over.
 */
static int hold_irq(struct partition *p, struct amp_claimed_irq *claimed, const struct amp_irq *irq)
{
	unsigned int type = irq->flags & AMP_IRQ_LEVEL ? IRQ_TYPE_LEVEL_HIGH : IRQ_TYPE_EDGE_RISING;
	unsigned int before;
	int err = 0;

	claimed->irq = map_spi(irq->intid, type, &claimed->mapped_before);
	if (!claimed->irq || amp_irq_has_action(claimed->irq))
		return -EBUSY;
	/* a driver with a chained handler (GPIO) leaves this behind when it is unbound, and sets it again when it is bound */
	irq_clear_status_flags(claimed->irq, IRQ_NOREQUEST);
	before = claimed->mapped_before ? irq_get_trigger_type(claimed->irq) : IRQ_TYPE_NONE;
	if (before != IRQ_TYPE_NONE && before != type)
		return -EINVAL; /* Linux's driver would find another trigger than it left */
	if (before == IRQ_TYPE_NONE)
		err = irq_set_irq_type(claimed->irq, type);
	if (!err)
		err = amp_irq_request_disabled(claimed->irq, not_for_linux, p->name, p);
	if (err && !claimed->mapped_before)
		irq_dispose_mapping(claimed->irq);
	return err;
}

static void let_go_irq(struct partition *p, struct amp_claimed_irq *claimed)
{
	amp_irq_free_disabled(claimed->irq, p);
	if (!claimed->mapped_before)
		irq_dispose_mapping(claimed->irq);
}

static int claim_irqs(struct partition *p, struct amp_report *report)
{
	const struct amp_irq *irq = amp_descriptor_irqs(p->spec);
	struct amp_claimed_irq *claimed;
	int err;
	u32 i;

	for (i = 0; i < p->spec->irq_count; i++) {
		claimed = &p->claimed_irqs[i];
		err = hold_irq(p, claimed, &irq[i]);
		if (err)
			return amp_fail(report, err == -EINVAL ? err : -EBUSY, AMP_STATUS_BAD_IRQ, i, irq[i].intid);
		amp_arch_spi_save(irq[i].intid, &claimed->route);
		amp_arch_spi_silence(irq[i].intid);
		p->claimed_irq_count++;
	}
	return 0;
}

static void unclaim_irqs(struct partition *p)
{
	struct amp_claimed_irq *claimed;
	u32 intid;

	amp_claims_silence(p);
	while (p->claimed_irq_count) {
		claimed = &p->claimed_irqs[--p->claimed_irq_count];
		intid = amp_descriptor_irqs(p->spec)[p->claimed_irq_count].intid;
		amp_arch_spi_restore(intid, &claimed->route);
		let_go_irq(p, claimed);
	}
}

void amp_claims_silence(const struct partition *p)
{
	u32 i;

	for (i = 0; i < p->claimed_irq_count; i++)
		amp_arch_spi_silence(amp_descriptor_irqs(p->spec)[i].intid);
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
