// SPDX-License-Identifier: GPL-2.0-only
/*
 * amp.ko: turns this Linux into the control domain of a partitioned machine. Loading takes nothing but a few names; cores
 * and memory go only when a partition is created, and come back when it is destroyed.
 *
 * Reading order: partition.c (what a partition takes, in which order), life.c and launch.c (how it runs), then any other.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/suspend.h>
#include "cpus.h"
#include "endpoint.h"
#include "front.h"
#include "host.h"
#include "ioctl.h"
#include "life.h"
#include "monitor.h"

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "amp",
	.mode = 0600,
	.fops = &amp_device_operations,
};

/* Suspend would take the clocks and power domains that running guests depend on. */
static int on_power(struct notifier_block *block, unsigned long event, void *unused)
{
	bool sleep = event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE || event == PM_RESTORE_PREPARE;

	if (!sleep || !amp_partitions_up())
		return NOTIFY_DONE;
	pr_info_ratelimited("not while partitions run: stop them first\n");
	return notifier_from_errno(-EBUSY);
}

/* Also before kexec: the next kernel must not find cores that it does not know running. */
static int on_reboot(struct notifier_block *block, unsigned long event, void *unused)
{
	amp_partitions_stop();
	return NOTIFY_DONE;
}

static struct notifier_block power = { .notifier_call = on_power };
static struct notifier_block reboot = { .notifier_call = on_reboot };

static int take_device(void)
{
	int err = misc_register(&device);

	amp_front_set_device(device.this_device);
	return err;
}

static void give_device(void)
{
	misc_deregister(&device);
}

static int take_notifiers(void)
{
	int err = register_pm_notifier(&power);

	if (err)
		return err;
	err = register_reboot_notifier(&reboot);
	if (err)
		unregister_pm_notifier(&power);
	return err;
}

static void give_notifiers(void)
{
	unregister_reboot_notifier(&reboot);
	unregister_pm_notifier(&power);
}

static const struct {
	int (*init)(void);
	void (*exit)(void);
} parts[] __refconst = { /* the monitor's init goes away after loading, and is not called again */
	{ amp_monitor_init, amp_monitor_exit },
	{ amp_host_init, amp_host_exit },
	{ amp_partitions_init, amp_partitions_exit },
	{ amp_life_init, amp_life_exit },
	{ amp_cpus_init, amp_cpus_exit },
	{ amp_endpoints_init, amp_endpoints_exit },
	{ take_notifiers, give_notifiers },
	{ take_device, give_device },
};

static void undo(unsigned int done)
{
	while (done)
		parts[--done].exit();
}

static int __init amp_init(void)
{
	unsigned int done;
	int err;

	for (done = 0; done < ARRAY_SIZE(parts); done++) {
		err = parts[done].init();
		if (err) {
			undo(done);
			return err;
		}
	}
	pr_info("ready: Linux at EL%u, GICv%u, monitor of %llu KiB\n", amp_host.el, amp_host.gic_version,
		amp_monitor_memory() / 1024);
	return 0;
}

static void __exit amp_exit(void)
{
	undo(ARRAY_SIZE(parts));
}

module_init(amp_init);
module_exit(amp_exit);
MODULE_DESCRIPTION("AMP partitioner: gives cores of the running Linux to isolated single-core guests");
MODULE_AUTHOR("The AMP partitioner developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
