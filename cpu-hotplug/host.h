/* SPDX-License-Identifier: GPL-2.0-only */
/* What this machine is: read once from the live device tree when the module loads, constant afterwards. */
#ifndef AMP_HOST_H
#define AMP_HOST_H

#include <linux/fwnode.h>
#include <linux/types.h>
#include "amp/abi/boot_info.h"

#define AMP_GICR_REGIONS_MAX 16

struct amp_host {
	u32 el; /* 1 or 2: where this kernel runs */
	u32 gic_version;
	u32 intid_limit;
	u32 kick_sgi;
	u32 maintenance_intid;
	u32 virtual_timer_intid;
	u32 physical_timer_intid;
	u32 pmu_intid; /* 0: no PPI */
	struct amp_area gicd, gicc, gich, gicv;
	struct amp_area gicr[AMP_GICR_REGIONS_MAX];
	u32 gicr_count;
	u32 gicr_stride; /* 0: as GICR_TYPER tells */
	void __iomem *gicd_base;
	struct fwnode_handle *gic_fwnode;
};

extern struct amp_host amp_host;

/* 0, or -EOPNOTSUPP with the reason in the kernel's log. */
int amp_host_init(void);
void amp_host_exit(void);
/* Whether [pa, pa + size) touches the interrupt controller. */
bool amp_host_is_gic(u64 pa, u64 size);
/* Whether [pa, pa + size) lies in one reserved-memory node that Linux does not map. */
bool amp_host_is_reserved(u64 pa, u64 size);

#endif
