/* SPDX-License-Identifier: GPL-2.0-only */
/* The calls of amp/abi/ioctl.h. */
#ifndef AMP_MODULE_IOCTL_H
#define AMP_MODULE_IOCTL_H

#include <linux/fs.h>

extern const struct file_operations amp_device_operations;

#endif
