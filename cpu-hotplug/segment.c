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

static struct kept *bring(struct amp_segment *request, int *err)
{
	struct kept *k = kzalloc(sizeof(*k), GFP_KERNEL);
	u64 free = amp_pages_available();

	*err = -ENOMEM;
	if (k && request->size <= free)
		k->data = kvmalloc(request->size, GFP_KERNEL | __GFP_NOWARN);
	if (!k || !k->data) {
		amp_fail(&request->report, *err, AMP_STATUS_OUT_OF_MEMORY, 0, request->size - min(request->size, free));
		kfree(k);
		return NULL;
	}
	k->gpa = request->gpa;
	k->size = request->size;
	if (!copy_from_user(k->data, u64_to_user_ptr(request->data), k->size))
		return k;
	*err = -EFAULT;
	free_kept(k);
	return NULL;
}

static int keep(struct partition *p, struct kept *k, struct amp_report *report)
{
	if (p->gone)
		return -ENODEV;
	if (amp_life_is_up(p) || p->state == AMP_STATE_LOST)
		return amp_fail(report, -EBUSY, AMP_STATUS_BAD_STATE, 0, p->state);
	if (overlaps(p, k->gpa, k->size))
		return amp_fail(report, -EINVAL, AMP_STATUS_BAD_SEGMENT, 0, k->gpa);
	list_add_tail(&k->node, &p->segments);
	p->segment_bytes += k->size;
	if (p->state == AMP_STATE_CREATED)
		amp_life_set_state(p, AMP_STATE_LOADED);
	return 0;
}

int amp_segment_load(struct partition *p, struct amp_segment *request)
{
	struct kept *k;
	int err;

	if (!inside(p->spec, request->gpa, request->size))
		return amp_fail(&request->report, -EINVAL, AMP_STATUS_BAD_SEGMENT, 0, request->gpa);
	k = bring(request, &err);
	if (!k)
		return err;
	err = mutex_lock_killable(&p->lock);
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
	struct kept *k, *next;

	list_for_each_entry_safe(k, next, &p->segments, node) {
		list_del(&k->node);
		free_kept(k);
	}
	p->segment_bytes = 0;
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
