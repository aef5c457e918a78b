/* SPDX-License-Identifier: GPL-2.0-only */
/* Cores taken from Linux and given back. */
#ifndef AMP_CPUS_H
#define AMP_CPUS_H

#include <linux/types.h>
#include "amp/abi/boot_info.h"
#include "report.h"

struct amp_donated_core {
	u32 cpu; /* Linux's number; AMP_NO_CPU: none */
	u64 mpidr;
	u64 kick_target;
	struct amp_area gicr; /* GICv3: its redistributor */
};

int amp_cpus_init(void);
void amp_cpus_exit(void);

/*
 * Takes an online core. `mpidr` proves that the caller means the same core; AMP_ANY_MPIDR where it only knows the number.
 * `aarch32`: the core must be able to run a 32-bit guest.
 */
#define AMP_ANY_MPIDR (~0ull)
int amp_cpus_take(struct amp_donated_core *core, u32 cpu, u64 mpidr, bool aarch32, struct amp_report *report);
/* Gives a core back that is proven off. */
void amp_cpus_give(struct amp_donated_core *core);
/* Bit n of word n/64: CPU n is donated. */
void amp_cpus_donated(uint64_t *words, unsigned int count);

#endif
