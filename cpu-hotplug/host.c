// SPDX-License-Identifier: GPL-2.0-only
/*
 * Facts from the live device tree: can this machine serve, and where is its interrupt controller. Called when the module
 * loads; refuses in words. Never writes a register.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include "arch/arch.h"
#include "compat.h"
#include "host.h"

struct amp_host amp_host;

/* SGIs 8-15 usually belong to secure firmware; 5 of 0-7 is as good as any, no Linux runs on the core it is aimed at. */
#define KICK_SGI 5
/* IHI 0048 table 4-1: GICC and GICV are 8 KiB with GICC_DIR at 0x1000 */
#define GICV_SIZE 0x2000

static const struct of_device_id gic_ids[] = {
	{ .compatible = "arm,gic-v3", .data = (void *)3 },
	{ .compatible = "arm,gic-400", .data = (void *)2 },
	{ .compatible = "arm,cortex-a15-gic", .data = (void *)2 },
	{ .compatible = "arm,cortex-a7-gic", .data = (void *)2 },
	{}
};

/* The psci node names the conduit; arm_smccc_1_1_get_conduit() knows it only where firmware has SMCCC 1.1. */
static int check_psci(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "arm,psci-0.2");
	const char *method = "none";
	bool smc;

	if (!node)
		node = of_find_compatible_node(NULL, NULL, "arm,psci-1.0");
	if (!node) {
		pr_err("no PSCI 0.2 or later in the device tree: cores can't be started\n");
		return -EOPNOTSUPP;
	}
	of_property_read_string(node, "method", &method);
	smc = !strcmp(method, "smc");
	if (!smc)
		pr_err("PSCI method is \"%s\": a hypervisor runs below this Linux, EL2 is not free\n", method);
	of_node_put(node);
	return smc ? 0 : -EOPNOTSUPP;
}

static int check_protected_kvm(void)
{
	const char *arguments = "";

	if (of_chosen)
		of_property_read_string(of_chosen, "bootargs", &arguments);
	if (!strstr(arguments, "kvm-arm.mode=protected"))
		return 0;
	pr_err("protected KVM owns EL2 (boot argument kvm-arm.mode=protected)\n");
	return -EOPNOTSUPP;
}

/* INTID of interrupt `index` of a node, where it is a PPI of the GIC (first cell 1); 0 otherwise. */
static u32 ppi_of(struct device_node *node, int index)
{
	struct of_phandle_args irq;
	u32 intid = 0;

	if (of_irq_parse_one(node, index, &irq))
		return 0;
	if (irq.args_count >= 3 && irq.args[0] == 1 && irq.args[1] < 16)
		intid = 16 + irq.args[1];
	of_node_put(irq.np);
	return intid;
}

/* Whether Linux has a handler on interrupt `index` of a node. */
static bool in_use(struct device_node *node, int index)
{
	int irq = of_irq_get(node, index);

	return irq > 0 && amp_irq_has_action(irq);
}

/* Not every machine has a PMU, and not every PMU's interrupt is private to its core: a guest's then does without. */
static void read_pmu(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "arm,armv8-pmuv3");

	if (!node)
		node = of_find_node_by_name(NULL, "pmu");
	if (!node)
		return;
	amp_host.pmu_intid = ppi_of(node, 0);
	of_node_put(node);
}

/* Order of the binding arm,arch_timer: secure, non-secure physical, virtual, hypervisor. */
static int read_timer(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	bool el2;

	if (!node)
		node = of_find_compatible_node(NULL, NULL, "arm,armv7-timer");
	if (!node) {
		pr_err("no architected timer in the device tree\n");
		return -EOPNOTSUPP;
	}
	amp_host.physical_timer_intid = ppi_of(node, 1);
	amp_host.virtual_timer_intid = ppi_of(node, 2);
	/*
	 * A kernel at EL1 ticks by the physical timer where it was started at EL2, and by the virtual one where something
	 * else owns EL2: the one exported trace of how the machine was booted. The monitor checks again on its core.
	 */
	el2 = amp_host.el == 2 || in_use(node, 1);
	of_node_put(node);
	if (!el2) {
		pr_err("Linux was not started at EL2: there is no exception level for the monitor\n");
		return -EOPNOTSUPP;
	}
	if (!amp_host.physical_timer_intid || !amp_host.virtual_timer_intid) {
		pr_err("the timer's interrupts in the device tree are not PPIs of the GIC\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int read_area(struct device_node *node, int index, struct amp_area *area)
{
	struct resource res;
	int err = of_address_to_resource(node, index, &res);

	if (!err)
		*area = (struct amp_area){ .pa = res.start, .size = resource_size(&res) };
	return err;
}

/* Binding arm,gic-v3: distributor, then #redistributor-regions redistributor regions. */
static int read_gicv3(struct device_node *node)
{
	u32 count = 1, i;

	of_property_read_u32(node, "#redistributor-regions", &count);
	of_property_read_u32(node, "redistributor-stride", &amp_host.gicr_stride);
	if (!count || count > AMP_GICR_REGIONS_MAX)
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (read_area(node, 1 + i, &amp_host.gicr[i]))
			return -EINVAL;
	amp_host.gicr_count = count;
	return 0;
}

/* Binding arm,gic: distributor, CPU interface, virtual interface control, virtual CPU interface. */
static int read_gicv2(struct device_node *node)
{
	if (read_area(node, 1, &amp_host.gicc) || read_area(node, 2, &amp_host.gich) || read_area(node, 3, &amp_host.gicv))
		return -EINVAL;
	return amp_host.gicv.size < GICV_SIZE ? -EINVAL : 0;
}

static int read_gic_node(struct device_node *node, u32 version)
{
	int err = read_area(node, 0, &amp_host.gicd);

	amp_host.gic_version = version;
	amp_host.gic_fwnode = of_node_to_fwnode(node);
	amp_host.maintenance_intid = ppi_of(node, 0);
	if (!err)
		err = version == 3 ? read_gicv3(node) : read_gicv2(node);
	return err || !amp_host.maintenance_intid ? -EOPNOTSUPP : 0;
}

static int read_gic(void)
{
	const struct of_device_id *id;
	struct device_node *node = of_find_matching_node_and_match(NULL, gic_ids, &id);

	if (!node || read_gic_node(node, (u32)(uintptr_t)id->data)) {
		of_node_put(node);
		pr_err("no GICv2 with virtualization or GICv3 found in the device tree\n");
		return -EOPNOTSUPP;
	}
	/* the reference stays with gic_fwnode until amp_host_exit() */
	amp_host.gicd_base = ioremap(amp_host.gicd.pa, amp_host.gicd.size);
	if (!amp_host.gicd_base) {
		of_node_put(node);
		return -ENOMEM;
	}
	amp_host.intid_limit = amp_arch_intid_limit();
	return 0;
}

int amp_host_init(void)
{
	int err;

	amp_host.el = amp_arch_host_el();
	amp_host.kick_sgi = KICK_SGI;
	err = check_psci();
	if (!err)
		err = check_protected_kvm();
	if (!err)
		err = read_timer();
	if (!err)
		err = read_gic();
	if (!err)
		read_pmu();
	return err;
}

void amp_host_exit(void)
{
	iounmap(amp_host.gicd_base);
	of_node_put(to_of_node(amp_host.gic_fwnode));
}

static bool touches(const struct amp_area *area, u64 pa, u64 size)
{
	return area->size && pa < area->pa + area->size && area->pa < pa + size;
}

/* The node's other users of the interrupt controller: ITS and v2m frames lie below it. */
static bool touches_children(u64 pa, u64 size)
{
	struct device_node *gic = to_of_node(amp_host.gic_fwnode), *child;
	struct amp_area area;
	bool found = false;

	for_each_child_of_node(gic, child)
		if (!read_area(child, 0, &area))
			found |= touches(&area, pa, size);
	return found;
}

bool amp_host_is_gic(u64 pa, u64 size)
{
	u32 i;

	for (i = 0; i < amp_host.gicr_count; i++)
		if (touches(&amp_host.gicr[i], pa, size))
			return true;
	return touches(&amp_host.gicd, pa, size) || touches(&amp_host.gicc, pa, size) ||
	       touches(&amp_host.gich, pa, size) || touches(&amp_host.gicv, pa, size) || touches_children(pa, size);
}

static bool holds(struct device_node *node, u64 pa, u64 size)
{
	struct amp_area area;
	int i;

	if (!of_property_read_bool(node, "no-map") || !of_device_is_available(node))
		return false;
	for (i = 0; !read_area(node, i, &area); i++)
		if (pa >= area.pa && pa + size <= area.pa + area.size)
			return true;
	return false;
}

bool amp_host_is_reserved(u64 pa, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory"), *child;
	bool found = false;

	for_each_child_of_node(parent, child)
		found |= holds(child, pa, size);
	of_node_put(parent);
	return found;
}
