// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps what LOAD brought and copies it into guest memory at every start. The sum can't grow beyond the guest's memory,
 * because segments lie inside it and never overlap.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "life.h"
#include "pages.h"
#include "segment.h"

struct kept {
	struct list_head node;
	u64 gpa, size;
	bool image; /* the guest's own program, which another one replaces */
	void *data;
};

/* The descriptor never changes: no lock. */
static bool inside(const struct amp_partition *d, u64 gpa, u64 size)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	u64 at = gpa;
	u32 i;

	if (!size || size > INT_MAX || gpa > AMP_GPA_LIMIT - size)
		return false;
	/* regions may adjoin in any order: each round moves past one of them */
	for (i = 0; i < d->region_count && at < gpa + size;) {
		bool ram = r[i].kind == AMP_REGION_MEMORY || r[i].kind == AMP_REGION_FIXED;

		if (ram && at >= r[i].gpa && at - r[i].gpa < r[i].size) {
			at = r[i].gpa + r[i].size;
			i = 0;
		} else {
			i++;
		}
	}
	return at >= gpa + size;
}

static bool overlaps(const struct partition *p, u64 gpa, u64 size)
{
	const struct kept *k;

	list_for_each_entry(k, &p->segments, node)
		if (gpa < k->gpa + k->size && k->gpa < gpa + size)
			return true;
	return false;
}

static void free_kept(struct kept *k)
{
	if (k)
		kvfree(k->data);
	kfree(k);
}

static void free_list(struct list_head *list)
{
	struct kept *k, *next;

	list_for_each_entry_safe(k, next, list, node) {
		list_del(&k->node);
		free_kept(k);
	}
}

static struct kept *allocate(u64 gpa, u64 size, bool image, struct amp_report *report)
{
	struct kept *k = kzalloc(sizeof(*k), GFP_KERNEL);
	u64 free = amp_pages_available();

	if (k && size <= free)
		k->data = kvmalloc(size, GFP_KERNEL | __GFP_NOWARN);
	if (!k || !k->data) {
		amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, size - min(size, free));
		kfree(k);
		return NULL;
	}
	k->gpa = gpa;
	k->size = size;
	k->image = image;
	return k;
}

static int may_change(const struct partition *p, struct amp_report *report)
{
	if (p->gone)
		return -ENODEV;
	if (amp_life_is_up(p) || p->state == AMP_STATE_LOST)
		return amp_fail(report, -EBUSY, AMP_STATUS_BAD_STATE, 0, p->state);
	return 0;
}

static void add(struct partition *p, struct kept *k)
{
	list_add_tail(&k->node, &p->segments);
	p->segment_bytes += k->size;
	if (p->state == AMP_STATE_CREATED)
		amp_life_set_state(p, AMP_STATE_LOADED);
}

static int keep(struct partition *p, struct kept *k, struct amp_report *report)
{
	int err = may_change(p, report);

	if (err)
		return err;
	if (overlaps(p, k->gpa, k->size))
		return amp_fail(report, -EINVAL, AMP_STATUS_BAD_SEGMENT, 0, k->gpa);
	add(p, k);
	return 0;
}

int amp_segment_load(struct partition *p, struct amp_segment *request, bool image)
{
	struct kept *k;
	int err;

	if (!inside(p->spec, request->gpa, request->size))
		return amp_fail(&request->report, -EINVAL, AMP_STATUS_BAD_SEGMENT, 0, request->gpa);
	k = allocate(request->gpa, request->size, image, &request->report);
	if (!k)
		return -ENOMEM;
	err = copy_from_user(k->data, u64_to_user_ptr(request->data), k->size) ? -EFAULT : mutex_lock_killable(&p->lock);
	if (!err) {
		err = keep(p, k, &request->report);
		mutex_unlock(&p->lock);
	}
	if (err)
		free_kept(k);
	return err;
}

void amp_segment_free_all(struct partition *p)
{
	free_list(&p->segments);
	p->segment_bytes = 0;
}

/* ---- another program in the place of the one that is kept ---- */

static int check_pieces(const struct amp_partition *d, const struct amp_piece *piece, u32 count, struct amp_report *report)
{
	u32 i, j;

	for (i = 0; i < count; i++) {
		if (piece[i].size > piece[i].room || !inside(d, piece[i].gpa, piece[i].room))
			return amp_fail(report, -EINVAL, AMP_STATUS_BAD_SEGMENT, i, piece[i].gpa);
		for (j = 0; j < i; j++)
			if (piece[i].gpa < piece[j].gpa + piece[j].room && piece[j].gpa < piece[i].gpa + piece[i].room)
				return amp_fail(report, -EINVAL, AMP_STATUS_BAD_SEGMENT, i, piece[i].gpa);
	}
	return 0;
}

static int copy_pieces(struct list_head *new, const struct amp_piece *piece, u32 count, struct amp_report *report)
{
	struct kept *k;
	u32 i;

	for (i = 0; i < count; i++) {
		if (!piece[i].size)
			continue;
		k = allocate(piece[i].gpa, piece[i].size, true, report);
		if (!k)
			return -ENOMEM;
		memcpy(k->data, piece[i].data, k->size);
		list_add_tail(&k->node, new);
	}
	return 0;
}

/* What is no image stays, so nothing may be put over it. */
static int check_others(const struct partition *p, const struct amp_piece *piece, u32 count, struct amp_report *report)
{
	const struct kept *k;
	u32 i;

	for (i = 0; i < count; i++)
		list_for_each_entry(k, &p->segments, node)
			if (!k->image && piece[i].gpa < k->gpa + k->size && k->gpa < piece[i].gpa + piece[i].room)
				return amp_fail(report, -EINVAL, AMP_STATUS_BAD_SEGMENT, i, k->gpa);
	return 0;
}

/* With the lock. Leaves the old image in `new`, for the caller to free. */
static int swap_image(struct partition *p, struct list_head *new, const struct amp_piece *piece, u32 count,
		      struct amp_report *report)
{
	struct kept *k, *next;
	LIST_HEAD(old);
	int err = may_change(p, report) ?: check_others(p, piece, count, report);

	if (err)
		return err;
	list_for_each_entry_safe(k, next, &p->segments, node) {
		if (!k->image)
			continue;
		list_move(&k->node, &old);
		p->segment_bytes -= k->size;
	}
	list_for_each_entry_safe(k, next, new, node) {
		list_del(&k->node);
		add(p, k);
	}
	list_splice(&old, new);
	return 0;
}

int amp_segment_replace(struct partition *p, const struct amp_piece *piece, u32 count, struct amp_report *report)
{
	LIST_HEAD(new);
	int err = check_pieces(p->spec, piece, count, report) ?: copy_pieces(&new, piece, count, report);

	if (!err)
		err = mutex_lock_killable(&p->lock);
	if (!err) {
		err = swap_image(p, &new, piece, count, report);
		mutex_unlock(&p->lock);
	}
	free_list(&new);
	return err;
}

int amp_segment_read(struct partition *p, u64 gpa, u64 size, void *to)
{
	const struct kept *k;
	int err = mutex_lock_killable(&p->lock);

	if (err)
		return err;
	err = -ENOENT;
	list_for_each_entry(k, &p->segments, node) {
		if (k->image && gpa >= k->gpa && size <= k->size && gpa - k->gpa <= k->size - size) {
			memcpy(to, k->data + (gpa - k->gpa), size);
			err = 0;
		}
	}
	mutex_unlock(&p->lock);
	return err;
}

int amp_segment_clear(struct partition *p, struct amp_report *report)
{
	if (amp_life_is_up(p) || p->state == AMP_STATE_LOST)
		return amp_fail(report, -EBUSY, AMP_STATUS_BAD_STATE, 0, p->state);
	amp_segment_free_all(p);
	if (p->state == AMP_STATE_LOADED)
		amp_life_set_state(p, AMP_STATE_CREATED);
	return 0;
}

bool amp_segment_at(const struct partition *p, u64 gpa)
{
	return overlaps(p, gpa, 1);
}

static void copy(struct amp_memory *memory, const struct kept *k)
{
	u64 done = 0, span;
	void *to;

	while (done < k->size) {
		to = amp_memory_at(memory, k->gpa + done, &span);
		if (WARN_ON_ONCE(!to)) /* inside() saw to it */
			return;
		span = min(span, k->size - done);
		memcpy(to, k->data + done, span);
		done += span;
		cond_resched();
	}
}

void amp_segment_copy_all(struct partition *p)
{
	const struct kept *k;

	list_for_each_entry(k, &p->segments, node)
		copy(p->memory, k);
}
