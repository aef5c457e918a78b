/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A partition's address space: memory from Linux, reserved memory, devices and channels, joined into the table of extents
 * that the monitor maps. Counted references, because user mappings may outlive the partition.
 */
#ifndef AMP_MEMORY_H
#define AMP_MEMORY_H

#include <linux/kref.h>
#include <linux/list.h>
#include "amp/abi/boot_info.h"
#include "amp/abi/partition.h"
#include "report.h"

struct amp_fixed { /* a FIXED region as the kernel sees it */
	u64 gpa, pa, size;
	void *va;
};

struct amp_memory {
	struct kref ref;
	struct list_head blocks; /* first pages by page->lru, order in page_private */
	u64 bytes;		 /* from the page allocator */
	struct amp_extent *extents;
	u32 extent_count;
	size_t extents_size; /* of the allocation, whole pages */
	struct amp_fixed *fixed;
	u32 fixed_count;
	char owner[AMP_NAME_SIZE]; /* in Linux's list of resources */
	struct amp_extent *ram; /* MEMORY and FIXED extents alone, sorted: what may be loaded and mapped */
	u32 ram_count;
	bool dirty;  /* somebody may have written since the last scrub */
	bool mapped; /* users may write at any time: never clean again */
};

/* channel_pa: physical address of each channel's memory, by index. */
int amp_memory_create(struct amp_memory **memory, const struct amp_partition *d, const u64 *channel_pa,
		      struct amp_report *report);
static inline void amp_memory_get(struct amp_memory *memory)
{
	kref_get(&memory->ref);
}
/* The last reference scrubs everything and gives it back. */
void amp_memory_put(struct amp_memory *memory);
/* All guest memory zero. */
void amp_memory_scrub(struct amp_memory *memory);
/* All guest memory written back from the caches, for a guest that starts with its caches off. */
void amp_memory_flush(struct amp_memory *memory);
/* Kernel address of gpa and how many bytes follow there; NULL where the guest has no memory. */
void *amp_memory_at(const struct amp_memory *memory, u64 gpa, u64 *span);
/* Physical address of gpa; false where the guest has no memory. */
bool amp_memory_pa(const struct amp_memory *memory, u64 gpa, u64 *pa);
/* Whether [gpa, gpa + size) is all memory. */
bool amp_memory_holds(const struct amp_memory *memory, u64 gpa, u64 size);
/* Page-table pages that stage 2 takes for these extents. */
u32 amp_memory_stage2_tables(const struct amp_memory *memory, const struct amp_partition *d);

#endif
