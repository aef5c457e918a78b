// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a partition's memory from the page allocator in blocks as large as stage 2 can map, and makes the table of extents.
 * Called by CREATE and DESTROY; scrubs before memory changes hands. Never drives Linux into its out-of-memory killer.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "arch/arch.h"
#include "descriptor.h"
#include "memory.h"
#include "pages.h"

#define STAGE2_ORDER 9 /* 2 MiB, a level-2 block of stage 2 */
#define STAGE2_BLOCK (PAGE_SIZE << STAGE2_ORDER)
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

static int map_fixed(struct amp_memory *m, const struct amp_partition *d)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	struct amp_fixed *f;
	u32 i;

	m->fixed = kcalloc(d->region_count, sizeof(*m->fixed), GFP_KERNEL);
	if (!m->fixed)
		return -ENOMEM;
	for (i = 0; i < d->region_count; i++) {
		if (r[i].kind != AMP_REGION_FIXED)
			continue;
		f = &m->fixed[m->fixed_count];
		*f = (struct amp_fixed){ .gpa = r[i].gpa, .pa = r[i].pa, .size = r[i].size };
		f->va = memremap(f->pa, f->size, MEMREMAP_WB);
		if (!f->va)
			return -ENOMEM;
		m->fixed_count++;
		m->dirty = true; /* nobody knows what was there */
	}
	return 0;
}

static void unmap_fixed(struct amp_memory *m)
{
	while (m->fixed_count)
		memunmap(m->fixed[--m->fixed_count].va);
	kfree(m->fixed);
}

static void scrub_fixed(struct amp_memory *m)
{
	u32 i;

	for (i = 0; i < m->fixed_count; i++)
		memset(m->fixed[i].va, 0, m->fixed[i].size);
}

/* ---- extents ---- */

static int by_gpa(const void *a, const void *b)
{
	const struct amp_extent *left = a, *right = b;

	return left->gpa < right->gpa ? -1 : left->gpa > right->gpa;
}

static u32 merge(struct amp_extent *e, u32 count)
{
	u32 i, last = 0;

	for (i = 1; i < count; i++) {
		if (e[i].gpa == e[last].gpa + e[last].size && e[i].pa == e[last].pa + e[last].size &&
		    e[i].access == e[last].access && e[i].device == e[last].device)
			e[last].size += e[i].size;
		else
			e[++last] = e[i];
	}
	return count ? last + 1 : 0;
}

static u32 block_count(const struct amp_memory *m)
{
	struct list_head *at;
	u32 count = 0;

	list_for_each(at, &m->blocks)
		count++;
	return count;
}

/* The next blocks in the order in which take_region() took them. */
static u32 add_blocks(struct amp_extent *e, const struct amp_region *r, struct page **page)
{
	u64 done = 0, size;
	u32 n = 0;

	while (done < r->size) {
		size = PAGE_SIZE << page_private(*page);
		e[n++] = (struct amp_extent){ r->gpa + done, page_to_phys(*page), size, r->access, 0 };
		done += size;
		*page = list_next_entry(*page, lru);
	}
	return n;
}

static u32 add_extents(struct amp_memory *m, struct amp_extent *e, const struct amp_partition *d, const u64 *channel_pa,
		       bool ram_only)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	struct page *page = list_first_entry(&m->blocks, struct page, lru);
	u32 i, n = 0;

	for (i = 0; i < d->region_count; i++) {
		if (r[i].kind == AMP_REGION_MEMORY)
			n += add_blocks(e + n, &r[i], &page);
		else if (r[i].kind == AMP_REGION_FIXED)
			e[n++] = (struct amp_extent){ r[i].gpa, r[i].pa, r[i].size, r[i].access, 0 };
		else if (r[i].kind == AMP_REGION_DEVICE && !ram_only)
			e[n++] = (struct amp_extent){ r[i].gpa, r[i].pa, r[i].size, r[i].access, 1 };
		else if (r[i].kind == AMP_REGION_CHANNEL && !ram_only)
			e[n++] = (struct amp_extent){ r[i].gpa, channel_pa[r[i].channel], r[i].size, r[i].access, 0 };
	}
	sort(e, n, sizeof(*e), by_gpa, NULL);
	return merge(e, n);
}

static int make_extents(struct amp_memory *m, const struct amp_partition *d, const u64 *channel_pa,
			struct amp_report *report)
{
	u32 most = block_count(m) + d->region_count;

	m->extents_size = PAGE_ALIGN(most * sizeof(*m->extents));
	m->extents = amp_pages_take(m->extents_size);
	m->ram = kvcalloc(most, sizeof(*m->ram), GFP_KERNEL | __GFP_NOWARN);
	if (!m->extents || !m->ram)
		return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, m->extents_size);
	m->extent_count = add_extents(m, m->extents, d, channel_pa, false);
	m->ram_count = add_extents(m, m->ram, d, channel_pa, true);
	return 0;
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
	err = take_blocks(m, d, report);
	if (!err && map_fixed(m, d))
		err = amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, PAGE_SIZE);
	if (!err)
		err = make_extents(m, d, channel_pa, report);
	if (err)
		destroy(m);
	else
		*memory = m;
	return err;
}

void amp_memory_scrub(struct amp_memory *m)
{
	struct page *page;

	if (!m->dirty && !m->mapped)
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

/* ---- looking up ---- */

static const struct amp_extent *find(const struct amp_memory *m, u64 gpa)
{
	u32 low = 0, high = m->ram_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (gpa < m->ram[middle].gpa)
			high = middle;
		else if (gpa - m->ram[middle].gpa >= m->ram[middle].size)
			low = middle + 1;
		else
			return &m->ram[middle];
	}
	return NULL;
}

bool amp_memory_pa(const struct amp_memory *m, u64 gpa, u64 *pa)
{
	const struct amp_extent *e = find(m, gpa);

	if (e)
		*pa = e->pa + (gpa - e->gpa);
	return e;
}

/* A merged extent may join two FIXED regions, or in theory blocks and a FIXED region: the kind is looked up per address. */
void *amp_memory_at(const struct amp_memory *m, u64 gpa, u64 *span)
{
	const struct amp_extent *e = find(m, gpa);
	const struct amp_fixed *f;
	u32 i;

	if (!e)
		return NULL;
	*span = e->gpa + e->size - gpa;
	for (i = 0; i < m->fixed_count; i++) {
		f = &m->fixed[i];
		if (gpa < f->gpa) {
			*span = min(*span, f->gpa - gpa);
		} else if (gpa - f->gpa < f->size) {
			*span = min(*span, f->gpa + f->size - gpa);
			return f->va + (gpa - f->gpa);
		}
	}
	return phys_to_virt(e->pa + (gpa - e->gpa));
}

bool amp_memory_holds(const struct amp_memory *m, u64 gpa, u64 size)
{
	const struct amp_extent *e;
	u64 step;

	if (!size || size > AMP_GPA_LIMIT || gpa > AMP_GPA_LIMIT - size)
		return false;
	for (; size; gpa += step, size -= step) {
		e = find(m, gpa);
		if (!e)
			return false;
		step = min(size, e->gpa + e->size - gpa);
	}
	return true;
}

/* One level-3 table per 2 MiB that is not mapped by a block; the extents are sorted, so a table is counted once. */
static u32 level3_tables(const struct amp_extent *e, u64 *last)
{
	u64 first = e->gpa / STAGE2_BLOCK, end = (e->gpa + e->size - 1) / STAGE2_BLOCK, chunk;
	u32 count = 0;

	for (chunk = first; chunk <= end; chunk++) {
		bool whole = chunk * STAGE2_BLOCK >= e->gpa && (chunk + 1) * STAGE2_BLOCK <= e->gpa + e->size;

		if ((whole && !((e->gpa ^ e->pa) & (STAGE2_BLOCK - 1))) || chunk == *last)
			continue;
		*last = chunk;
		count++;
	}
	return count;
}

static u32 level2_tables(const struct amp_extent *e, u64 *last)
{
	u64 first = e->gpa >> 30, end = (e->gpa + e->size - 1) >> 30;
	u32 count = end - first + (first != *last);

	*last = end;
	return count;
}

u32 amp_memory_stage2_tables(const struct amp_memory *m, const struct amp_partition *d)
{
	u64 last2 = ~0ull, last3 = ~0ull;
	u32 i, count = 1; /* the root: 39 bits start at level 1 */

	for (i = 0; i < m->extent_count; i++) {
		count += level2_tables(&m->extents[i], &last2);
		count += level3_tables(&m->extents[i], &last3);
	}
	if (d->gic_version == 2)
		count += 2 * 2; /* GICV at gicc_gpa: two pages, which may lie on both sides of a boundary */
	return count;
}
