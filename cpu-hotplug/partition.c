// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and unmakes partitions: a table of steps, each with its way back, walked forwards by CREATE and backwards by whatever
 * fails and by DESTROY. Called by ioctls; the states in between are life.c's.
 *
 * Locks, outermost first: partition.lock (a life cycle), cpus_lock (cpus.c), links_lock (channel.c), list_lock
 * (partition_list.c), an endpoint's receive_lock then send_lock, a virtio device's eventfd_lock, table_lock (endpoint.c), then
 * the spinlocks: state_lock or virtio's kick_lock, an eventfd's own, request_lock; front.c's. A front's own locks (remoteproc's)
 * come before all of these. User memory is never touched under partition.lock: whoever serves that page may be waiting for it.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "arch/arch.h"
#include "channel.h"
#include "claims.h"
#include "doorbell.h"
#include "endpoint.h"
#include "host.h"
#include "inject.h"
#include "life.h"
#include "partition.h"
#include "partition_list.h"
#include "segment.h"
#include "virtio.h"

void amp_partition_get(struct partition *p)
{
	kref_get(&p->ref);
}

static void forget_events(struct partition *p)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(p->events); i++)
		if (p->events[i])
			eventfd_ctx_put(p->events[i]);
}

/* The shared pages live until here, so that an open device or a QUERY never finds them gone. */
static void release(struct kref *ref)
{
	struct partition *p = container_of(ref, struct partition, ref);

	amp_endpoints_free(p);
	amp_virtio_free(p);
	forget_events(p);
	amp_segment_free_all(p);
	amp_monitor_give_pages(p);
	kvfree(p->spec);
	kfree(p);
}

void amp_partition_put(struct partition *p)
{
	if (p)
		kref_put(&p->ref, release);
}

/* ---- steps of creation ---- */

static void keep_pages(struct partition *p)
{
	/* they belong to the structure, see release() */
}

static int take_core(struct partition *p, struct amp_report *report)
{
	const struct amp_core *core = amp_descriptor_cores(p->spec);

	return amp_cpus_take(&p->core, core->cpu, core->mpidr, p->spec->flags & AMP_PARTITION_AARCH32, report);
}

static void give_core(struct partition *p)
{
	if (p->core.cpu != AMP_NO_CPU)
		amp_cpus_give(&p->core);
}

static int take_memory(struct partition *p, struct amp_report *report)
{
	u64 channel_pa[AMP_CHANNELS_MAX];
	u32 i;
	int err;

	for (i = 0; i < p->spec->channel_count; i++)
		channel_pa[i] = virt_to_phys(p->links[i]->memory);
	err = amp_memory_create(&p->memory, p->spec, channel_pa, report);
	if (!err)
		p->memory_bytes = p->memory->bytes;
	return err;
}

static void give_memory(struct partition *p)
{
	struct amp_memory *memory = p->memory;
	unsigned long flags;

	flags = amp_lock(&p->state_lock); /* mmap looks under it */
	p->memory = NULL;
	amp_unlock(&p->state_lock, flags);
	amp_memory_put(memory);
}

static const struct {
	int (*take)(struct partition *p, struct amp_report *report);
	void (*give)(struct partition *p);
} steps[] = {
	{ amp_partitions_add, amp_partitions_remove },
	{ amp_monitor_take_pages, keep_pages },
	{ amp_claims_take, amp_claims_give },
	{ amp_virtio_create, amp_virtio_end }, /* before the doorbell, whose handler looks there */
	{ amp_doorbell_take, amp_doorbell_give },
	{ take_core, give_core },
	{ amp_channels_join, amp_channels_leave },
	{ take_memory, give_memory },
	{ amp_monitor_take_image, amp_monitor_give_image },
	{ amp_endpoints_create, amp_endpoints_remove },
};

static void undo(struct partition *p)
{
	while (p->steps_taken)
		steps[--p->steps_taken].give(p);
}

static int take_all(struct partition *p, struct amp_report *report)
{
	int err;

	while (p->steps_taken < ARRAY_SIZE(steps)) {
		err = steps[p->steps_taken].take(p, report);
		if (err)
			return err;
		p->steps_taken++;
		err = amp_inject(report);
		if (err)
			return err;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* ---- the whole ---- */

/* 0 is what a module says that has no such number. */
static void draw_instance(struct partition *p)
{
	do
		get_random_bytes(p->instance, sizeof(p->instance));
	while (!p->instance[0] || !p->instance[1]);
}

static struct partition *allocate(const struct amp_partition *descriptor, u32 size)
{
	struct partition *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (p)
		p->spec = kvmalloc(size, GFP_KERNEL);
	if (!p || !p->spec) {
		kfree(p);
		return NULL;
	}
	memcpy(p->spec, descriptor, size);
	p->spec_size = size;
	kref_init(&p->ref);
	strscpy(p->name, descriptor->name, AMP_NAME_SIZE);
	p->id = descriptor->id;
	draw_instance(p);
	p->state = AMP_STATE_CREATED;
	p->core.cpu = AMP_NO_CPU;
	mutex_init(&p->lock);
	spin_lock_init(&p->state_lock);
	spin_lock_init(&p->request_lock);
	init_waitqueue_head(&p->state_wait);
	INIT_LIST_HEAD(&p->segments);
	INIT_DELAYED_WORK(&p->state_work, amp_life_work);
	return p;
}

static void open_first(struct partition *p)
{
	p->open_count = 1; /* the caller's */
	amp_partition_get(p);
	__module_get(THIS_MODULE); /* the caller's descriptor of /dev/amp holds one already */
	amp_partitions_publish(p, true);
}

int amp_partition_create(const void *descriptor, u32 size, struct partition **made, struct amp_report *report)
{
	const struct amp_descriptor_limits limits = { amp_host.gic_version, amp_host.intid_limit };
	struct partition *p;
	int err = amp_descriptor_check(descriptor, size, &limits, report);

	if (err)
		return err;
	p = allocate(descriptor, size);
	if (!p)
		return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, sizeof(*p) + size);
	mutex_lock(&p->lock);
	err = take_all(p, report);
	if (err)
		undo(p);
	else
		open_first(p);
	p->gone = err;
	mutex_unlock(&p->lock);
	if (err) {
		amp_life_drain(p);
		amp_partition_put(p);
	} else {
		*made = p;
	}
	return err;
}

/* With the lock. The core of a lost partition runs something nobody controls: nothing it can reach may be given away. */
static int take_apart(struct partition *p, struct amp_report *report)
{
	int err = 0;

	if (amp_life_is_up(p))
		err = amp_life_stop(p, report);
	else if (p->state == AMP_STATE_LOST)
		err = amp_fail(report, -EIO, AMP_STATUS_CORE_STUCK, p->core.cpu, 0);
	if (err)
		return err;
	p->gone = true;
	undo(p);
	return 0;
}

static void finish(struct partition *p)
{
	amp_life_set_state(p, p->state); /* wakes whoever polls: it sees that the partition is gone */
	amp_life_drain(p);
	amp_partitions_publish(p, false);
	module_put(THIS_MODULE);
	amp_partition_put(p); /* the list's */
}

int amp_partition_destroy(struct partition *p, struct amp_report *report)
{
	int err = mutex_lock_killable(&p->lock);

	if (err)
		return err;
	err = p->gone ? -ENODEV : take_apart(p, report);
	mutex_unlock(&p->lock);
	if (!err)
		finish(p);
	return err;
}

int amp_partition_run(struct partition *p, int (*act)(struct partition *, struct amp_report *), struct amp_report *report)
{
	int err = mutex_lock_killable(&p->lock);

	if (err)
		return err;
	err = p->gone ? -ENODEV : act(p, report);
	mutex_unlock(&p->lock);
	return err;
}

bool amp_partition_open(struct partition *p)
{
	bool alive;

	mutex_lock(&p->lock);
	alive = !p->gone;
	p->open_count += alive;
	mutex_unlock(&p->lock);
	return alive;
}

void amp_partition_close(struct partition *p)
{
	struct amp_report report = {};
	bool destroyed = false;

	mutex_lock(&p->lock);
	if (!--p->open_count && !p->gone && !p->kept && !p->starts)
		destroyed = !take_apart(p, &report);
	mutex_unlock(&p->lock);
	if (destroyed)
		finish(p);
}
