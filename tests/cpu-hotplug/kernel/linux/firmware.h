/* SPDX-License-Identifier: GPL-2.0-only */
/* A firmware file as the kernel hands it over. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_FIRMWARE_H
#define AMP_TESTS_KERNEL_FIRMWARE_H

#include <errno.h>
#include <linux/types.h>

struct firmware {
	size_t size;
	const u8 *data;
};

#endif
