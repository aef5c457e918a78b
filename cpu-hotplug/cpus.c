// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cores are donated. Called by the life cycle with the partition's lock held; hotplug callbacks of Linux read the mask.
 * Never takes the boot core or the last online one, and nobody but this file brings a donated core back.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "amp/abi/ioctl.h"
#include "arch/arch.h"
#include "cpus.h"
#include "host.h"

/* Linux keeps the core that it booted on: interrupts and firmware calls of many SoCs are tied to it. */
#define BOOT_CPU 0
#define GIVE_RETRIES 50

static DEFINE_MUTEX(cpus_lock); /* one hand-over at a time, so that "the last online core" is a fact */
static cpumask_t donated;
static int hotplug_state;

/* Linux's own onlining of a donated core (sysfs, another driver) ends here. */
static int refuse_online(unsigned int cpu)
{
	if (!cpumask_test_cpu(cpu, &donated))
		return 0;
	pr_info_ratelimited("core %u is donated to a partition and stays offline for Linux\n", cpu);
	return -EBUSY;
}

int amp_cpus_init(void)
{
	hotplug_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "amp:donated", refuse_online, NULL);
	return min(hotplug_state, 0);
}

void amp_cpus_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}

static int check_available(u32 cpu, struct amp_report *report)
{
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return amp_fail(report, -EINVAL, AMP_STATUS_BAD_CORE, cpu, 0);
	if (cpumask_test_cpu(cpu, &donated))
		return amp_fail(report, -EBUSY, AMP_STATUS_CORE_IN_USE, 0, cpu);
	if (!cpu_online(cpu))
		return amp_fail(report, -ENXIO, AMP_STATUS_CORE_OFFLINE, 0, cpu);
	if (cpu == BOOT_CPU || num_online_cpus() == 1)
		return amp_fail(report, -EPERM, AMP_STATUS_CORE_LAST, 0, cpu);
	return 0;
}

static int read_facts(struct amp_donated_core *core, u32 cpu, u64 mpidr, bool aarch32, struct amp_report *report)
{
	struct amp_core_facts facts = {};
	int err = smp_call_function_single(cpu, amp_arch_read_facts, &facts, 1);

	if (err)
		return amp_fail(report, -ENXIO, AMP_STATUS_CORE_OFFLINE, 0, cpu);
	if (mpidr != AMP_ANY_MPIDR && mpidr != facts.mpidr)
		return amp_fail(report, -EINVAL, AMP_STATUS_BAD_CORE, cpu, mpidr);
	if (aarch32 && !facts.aarch32)
		return amp_fail(report, -EOPNOTSUPP, AMP_STATUS_NO_AARCH32, 0, cpu);
	if (amp_host.gic_version == 3 && amp_arch_gicr_find(facts.mpidr, &core->gicr))
		return amp_fail(report, -ENODEV, AMP_STATUS_NO_GIC, cpu, facts.mpidr);
	core->mpidr = facts.mpidr;
	core->kick_target = facts.kick_target;
	return 0;
}

static int take_offline(u32 cpu, struct amp_report *report)
{
	int err;

	cpumask_set_cpu(cpu, &donated); /* first, so that nobody brings it back between remove_cpu() and our use */
	err = remove_cpu(cpu);
	if (!err)
		return 0;
	cpumask_clear_cpu(cpu, &donated);
	if (err > 0) /* somebody else took it offline since it was checked */
		return amp_fail(report, -ENXIO, AMP_STATUS_CORE_OFFLINE, 0, cpu);
	return amp_fail(report, -EBUSY, AMP_STATUS_CORE_REFUSED, -err, cpu);
}

int amp_cpus_take(struct amp_donated_core *core, u32 cpu, u64 mpidr, bool aarch32, struct amp_report *report)
{
	int err;

	mutex_lock(&cpus_lock);
	err = check_available(cpu, report);
	if (!err)
		err = read_facts(core, cpu, mpidr, aarch32, report);
	if (!err)
		err = take_offline(cpu, report);
	if (!err)
		WRITE_ONCE(core->cpu, cpu);
	mutex_unlock(&cpus_lock);
	return err;
}

struct give_work {
	struct work_struct work;
	u32 cpu;
	int err;
};

/* fails only while CPU hotplug is held off for a moment (a suspend or resume on its way) */
static void give_back(struct work_struct *work)
{
	struct give_work *give = container_of(work, struct give_work, work);
	int tries;

	give->err = add_cpu(give->cpu);
	for (tries = 0; tries < GIVE_RETRIES && give->err < 0; tries++) {
		msleep(20);
		give->err = add_cpu(give->cpu);
	}
}

/* On a worker: a task that was killed can't online a core, because threads that Linux makes for the core are refused to it. */
void amp_cpus_give(struct amp_donated_core *core)
{
	struct give_work give = { .cpu = core->cpu };

	amp_arch_kick_clear(&core->gicr); /* a late doorbell must not reach Linux as one of its own */
	mutex_lock(&cpus_lock);
	cpumask_clear_cpu(core->cpu, &donated);
	INIT_WORK_ONSTACK(&give.work, give_back);
	queue_work(system_unbound_wq, &give.work);
	flush_work(&give.work);
	destroy_work_on_stack(&give.work);
	if (give.err < 0)
		pr_err("core %u did not come back (%d); try: echo 1 > /sys/devices/system/cpu/cpu%u/online\n", core->cpu,
		       give.err, core->cpu);
	mutex_unlock(&cpus_lock);
	WRITE_ONCE(core->cpu, AMP_NO_CPU);
}

void amp_cpus_donated(uint64_t *words, unsigned int count)
{
	unsigned int cpu;

	for_each_cpu(cpu, &donated)
		if (cpu / 64 < count)
			words[cpu / 64] |= 1ull << cpu % 64;
}
