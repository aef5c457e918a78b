// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a partition's memory from the page allocator in blocks as large as stage 2 can map. Called by CREATE and DESTROY; scrubs
 * before memory changes hands. Never drives Linux into its out-of-memory killer.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "arch/arch.h"
#include "descriptor.h"
#include "extents.h"
#include "memory.h"
#include "pages.h"

#define STAGE2_ORDER 9 /* 2 MiB, a level-2 block of stage 2 */
#define TAKE_FLAGS (GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY)

static_assert(PAGE_SIZE == AMP_PAGE_SIZE, "the module needs a kernel with 4 KiB pages");

/* ---- blocks ---- */

static int take_block(struct amp_memory *m, u32 order)
{
	struct page *page = alloc_pages(TAKE_FLAGS, order);

	if (!page)
		return -ENOMEM;
	set_page_private(page, order);
	list_add_tail(&page->lru, &m->blocks);
	m->bytes += PAGE_SIZE << order;
	return 0;
}

/* Largest order that gpa's alignment and the rest of the region allow. */
static u32 best_order(u64 gpa, u64 left, u32 limit)
{
	u32 order = limit;

	while (order && ((gpa & ((PAGE_SIZE << order) - 1)) || left < PAGE_SIZE << order))
		order--;
	return order;
}

/* `limit` falls where memory is fragmented and stays low: asking again would only cost time. */
static int take_region(struct amp_memory *m, const struct amp_region *r, u32 *limit)
{
	u64 done = 0;
	u32 order;

	while (done < r->size) {
		order = best_order(r->gpa + done, r->size - done, *limit);
		if (!take_block(m, order)) {
			done += PAGE_SIZE << order;
			cond_resched();
		} else if (order) {
			*limit = order - 1;
		} else {
			return -ENOMEM;
		}
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

static u64 memory_wanted(const struct amp_partition *d)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < d->region_count; i++)
		if (r[i].kind == AMP_REGION_MEMORY)
			sum += r[i].size;
	return sum;
}

static int take_blocks(struct amp_memory *m, const struct amp_partition *d, struct amp_report *report)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	u64 wanted = memory_wanted(d), free = amp_pages_available();
	u32 i, limit = STAGE2_ORDER;
	int err = 0;

	if (wanted > free)
		return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, wanted - free);
	for (i = 0; i < d->region_count && !err; i++)
		if (r[i].kind == AMP_REGION_MEMORY)
			err = take_region(m, &r[i], &limit);
	if (err == -ENOMEM)
		amp_fail(report, err, AMP_STATUS_OUT_OF_MEMORY, 0, wanted - m->bytes);
	return err;
}

static void scrub_block(struct page *page)
{
	u32 i;

	for (i = 0; i < 1u << page_private(page); i++)
		clear_page(page_address(page + i));
	cond_resched();
}

static void give_blocks(struct amp_memory *m)
{
	struct page *page, *next;
	u32 order;

	list_for_each_entry_safe(page, next, &m->blocks, lru) {
		if (m->dirty || m->mapped)
			scrub_block(page);
		list_del(&page->lru);
		order = page_private(page);
		set_page_private(page, 0);
		__free_pages(page, order);
	}
}

/* ---- reserved memory ---- */

static int no_room(struct amp_report *report)
{
	return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, PAGE_SIZE);
}

/* Claimed for as long as anybody has it mapped: the last one scrubs it, and it must not be another partition's by then. */
static int take_fixed(struct amp_memory *m, const struct amp_region *r, u32 index, struct amp_report *report)
{
	struct amp_fixed *f = &m->fixed[m->fixed_count];

	if (!request_mem_region(r->pa, r->size, m->owner))
		return amp_fail(report, -EBUSY, AMP_STATUS_BAD_PHYSICAL, index, r->pa);
	*f = (struct amp_fixed){ r->gpa, r->pa, r->size, memremap(r->pa, r->size, MEMREMAP_WB) };
	if (!f->va) {
		release_mem_region(r->pa, r->size);
		return no_room(report);
	}
	m->fixed_count++;
	m->dirty = true; /* nobody knows what was there */
	return 0;
}

static int map_fixed(struct amp_memory *m, const struct amp_partition *d, struct amp_report *report)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	int err = 0;
	u32 i;

	m->fixed = kcalloc(d->region_count, sizeof(*m->fixed), GFP_KERNEL);
	if (!m->fixed)
		return no_room(report);
	for (i = 0; i < d->region_count && !err; i++)
		if (r[i].kind == AMP_REGION_FIXED)
			err = take_fixed(m, &r[i], i, report);
	return err;
}

static void unmap_fixed(struct amp_memory *m)
{
	const struct amp_fixed *f;

	while (m->fixed_count) {
		f = &m->fixed[--m->fixed_count];
		memunmap(f->va);
		release_mem_region(f->pa, f->size);
	}
	kfree(m->fixed);
}

static void scrub_fixed(struct amp_memory *m)
{
	u32 i;

	for (i = 0; i < m->fixed_count; i++)
		memset(m->fixed[i].va, 0, m->fixed[i].size);
}

/* ---- the whole ---- */

static void destroy(struct amp_memory *m)
{
	if (m->dirty || m->mapped)
		scrub_fixed(m);
	give_blocks(m);
	unmap_fixed(m);
	amp_pages_give(m->extents, m->extents_size);
	kvfree(m->ram);
	kfree(m);
}

static void release(struct kref *ref)
{
	destroy(container_of(ref, struct amp_memory, ref));
}

void amp_memory_put(struct amp_memory *m)
{
	kref_put(&m->ref, release);
}

int amp_memory_create(struct amp_memory **memory, const struct amp_partition *d, const u64 *channel_pa,
		      struct amp_report *report)
{
	struct amp_memory *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int err;

	if (!m)
		return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, sizeof(*m));
	kref_init(&m->ref);
	INIT_LIST_HEAD(&m->blocks);
	strscpy(m->owner, d->name, sizeof(m->owner));
	err = take_blocks(m, d, report);
	if (!err)
		err = map_fixed(m, d, report);
	if (!err)
		err = amp_extents_make(m, d, channel_pa, report);
	if (err)
		destroy(m);
	else
		*memory = m;
	return err;
}

void amp_memory_scrub(struct amp_memory *m)
{
	struct page *page;

	if (!m->dirty && !READ_ONCE(m->mapped))
		return;
	list_for_each_entry(page, &m->blocks, lru)
		scrub_block(page);
	scrub_fixed(m);
	m->dirty = false;
}

void amp_memory_flush(struct amp_memory *m)
{
	struct page *page;
	u32 i;

	list_for_each_entry(page, &m->blocks, lru) {
		amp_arch_cache_flush(page_address(page), PAGE_SIZE << page_private(page));
		cond_resched();
	}
	for (i = 0; i < m->fixed_count; i++)
		amp_arch_cache_flush(m->fixed[i].va, m->fixed[i].size);
	amp_arch_icache_flush();
}
