/* SPDX-License-Identifier: GPL-2.0-only */
/* A remote processor, as far as the reader of firmware knows one. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_REMOTEPROC_H
#define AMP_TESTS_KERNEL_REMOTEPROC_H

#include <linux/types.h>

struct device {
	int unused;
};

struct rproc {
	struct device dev;
	const char *firmware;
	void *priv;
};

struct task_struct;

void rig_log(const struct device *device, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define dev_err(device, ...) rig_log(device, __VA_ARGS__)

#endif
