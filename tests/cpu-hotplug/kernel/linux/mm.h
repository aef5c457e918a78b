/* SPDX-License-Identifier: GPL-2.0-only */
/* Small helpers of the kernel. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_MM_H
#define AMP_TESTS_KERNEL_MM_H

#include <linux/slab.h>
#include <linux/types.h>

#define PAGE_ALIGN(size) (((size) + 4095) & ~4095ull)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define min_t(type, a, b) min((type)(a), (type)(b))

static inline bool is_power_of_2(u64 n)
{
	return n && !(n & (n - 1));
}

#endif
