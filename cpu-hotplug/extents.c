// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of a partition's extents, which its monitor maps: made once from regions and blocks, then only looked up.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "descriptor.h"
#include "extents.h"
#include "pages.h"

#define STAGE2_BLOCK (1ull << 21) /* a level-2 block of stage 2 */

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

int amp_extents_make(struct amp_memory *m, const struct amp_partition *d, const u64 *channel_pa, struct amp_report *report)
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
