// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores on and off through PSCI (Arm DEN 0022), by SMC: the conduit that host.c found in the device tree. Called by the life
 * cycle with the partition's lock held; never touches a core that Linux runs on.
 */
#include <linux/arm-smccc.h>
#include <linux/delay.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <uapi/linux/psci.h>
#include "arch/arch.h"

/* DEN 0022 5.1.4: the core's former CPU_OFF may still be on its way when Linux thinks it is gone. */
#define START_RETRIES 100

u32 amp_arch_host_el(void)
{
	return read_sysreg(CurrentEL) >> 2 & 3;
}

long amp_arch_core_start(u64 mpidr, phys_addr_t entry, phys_addr_t context)
{
	struct arm_smccc_res res;
	int tries;

	for (tries = 0; tries < START_RETRIES; tries++) {
		arm_smccc_smc(PSCI_0_2_FN64_CPU_ON, mpidr, entry, context, 0, 0, 0, 0, &res);
		if ((s32)res.a0 != PSCI_RET_ALREADY_ON)
			break;
		usleep_range(500, 1000);
	}
	return (s32)res.a0;
}

bool amp_arch_core_is_off(u64 mpidr)
{
	struct arm_smccc_res res;

	arm_smccc_smc(PSCI_0_2_FN64_AFFINITY_INFO, mpidr, 0, 0, 0, 0, 0, 0, &res);
	return (s32)res.a0 == PSCI_0_2_AFFINITY_LEVEL_OFF;
}

u64 amp_arch_counter(void)
{
	isb(); /* the counter may otherwise be read ahead of program order (Arm ARM D11.2.1) */
	return read_sysreg(cntpct_el0);
}

u64 amp_arch_counter_hz(void)
{
	return read_sysreg(cntfrq_el0);
}
