/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides to the rest of the module. Implemented once per folder beside this file, chosen by Kbuild.
 * None of it takes locks; only core_start may sleep.
 */
#ifndef AMP_ARCH_H
#define AMP_ARCH_H

#include <linux/types.h>
#include "amp/abi/boot_info.h"

/* What only the core itself can tell; amp_arch_read_facts() runs on it, before Linux takes it offline. */
struct amp_core_facts {
	u64 mpidr;	 /* affinity fields only */
	u64 kick_target; /* as amp_doorbell_slot.target without AMP_TARGET_VALID */
	bool aarch32;	 /* can run a 32-bit guest */
};
void amp_arch_read_facts(void *facts);

/* Exception level of this kernel. */
u32 amp_arch_host_el(void);
/* Turns an offline core on at `entry` with `context` as first argument; 0 or the firmware's negative error. */
long amp_arch_core_start(u64 mpidr, phys_addr_t entry, phys_addr_t context);
/* True once the firmware says that the core is off. */
bool amp_arch_core_is_off(u64 mpidr);
/* Sends the kick SGI to one core. Everything stored before is visible to it when the interrupt arrives. */
void amp_arch_kick(u64 target);
/* Drops a kick that arrived after the core had turned off; only for cores that are proven off. */
void amp_arch_kick_clear(const struct amp_area *gicr);

/* Data cache to the point of coherency: afterwards memory holds the data and no cache a stale copy. */
void amp_arch_cache_flush(const void *start, size_t size);
/* After code was written: no core keeps stale instructions. */
void amp_arch_icache_flush(void);

/* Pends a shared peripheral interrupt at the distributor, as the monitor does. */
void amp_arch_spi_pend(u32 intid);
/* Disables, deactivates and unpends one SPI that a partition owned. */
void amp_arch_spi_silence(u32 intid);
/* Where an SPI goes and how urgent it is: the monitor changes both for the one core, restore makes it as it was. */
struct amp_spi_route {
	u64 target;
	u8 priority;
};
void amp_arch_spi_save(u32 intid, struct amp_spi_route *route);
void amp_arch_spi_restore(u32 intid, const struct amp_spi_route *route);
/* Finds the GICv3 redistributor frames of a core; -ENODEV where there are none. */
int amp_arch_gicr_find(u64 mpidr, struct amp_area *frames);
/* INTIDs from 0 below this one exist. */
u32 amp_arch_intid_limit(void);

u64 amp_arch_counter(void);
u64 amp_arch_counter_hz(void);

#endif
