/* SPDX-License-Identifier: GPL-2.0-only */
/* In the place of cpu-hotplug/compat.h, which is about kernel versions. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_COMPAT_H
#define AMP_TESTS_KERNEL_COMPAT_H

#include <string.h>
#include <linux/types.h>

static inline u32 get_unaligned_le32(const void *from)
{
	u32 word;

	memcpy(&word, from, sizeof(word)); /* hosts are little-endian, as the target is */
	return word;
}

#endif
