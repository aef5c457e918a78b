/* SPDX-License-Identifier: GPL-2.0-only */
/* Physically contiguous, zeroed pages for the monitor, for what it shares with the module, and for channels. */
#ifndef AMP_PAGES_H
#define AMP_PAGES_H

#include <linux/mm.h>
#include <linux/sizes.h>

/* What the page allocator gives in one piece, whatever the kernel's configuration */
#define AMP_CONTIGUOUS_MAX SZ_4M

static inline void *amp_pages_take(size_t size)
{
	if (!size || size > AMP_CONTIGUOUS_MAX)
		return NULL;
	return alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY);
}

static inline void amp_pages_give(void *pages, size_t size)
{
	if (pages)
		free_pages_exact(pages, size);
}

/* Bytes that partitions may still take without starving dom0: a thirty-second of its memory, at least 16 MiB, stays free. */
static inline u64 amp_pages_available(void)
{
	u64 margin = clamp_t(u64, (u64)totalram_pages() * PAGE_SIZE / 32, SZ_16M, SZ_256M);
	u64 free = (u64)max(si_mem_available(), 0l) * PAGE_SIZE;

	return free > margin ? free - margin : 0;
}

#endif
