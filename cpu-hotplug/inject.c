// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module parameter fail_step = N makes the N-th step from now on fail, once. Each step of CREATE and START asks here, so
 * a test that raises N until nothing fails any more has seen every way back. Zero, the default, never fails.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include "inject.h"

static atomic_t left = ATOMIC_INIT(0);
static unsigned int chosen;

static int set_step(const char *text, const struct kernel_param *param)
{
	int err = param_set_uint(text, param);

	if (!err)
		atomic_set(&left, min(chosen, (unsigned int)INT_MAX));
	return err;
}

static int get_step(char *text, const struct kernel_param *param)
{
	return sprintf(text, "%d\n", max(atomic_read(&left), 0));
}

static const struct kernel_param_ops step_ops = { .set = set_step, .get = get_step };
module_param_cb(fail_step, &step_ops, &chosen, 0600);
MODULE_PARM_DESC(fail_step, "for tests: the N-th step of creating and starting partitions fails, once");

int amp_inject(struct amp_report *report)
{
	if (atomic_dec_if_positive(&left) != 0)
		return 0;
	return amp_fail(report, -ECANCELED, AMP_STATUS_INJECTED, 0, chosen);
}
