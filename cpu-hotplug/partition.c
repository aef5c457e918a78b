// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and unmakes partitions: a table of steps, each with its way back, walked forwards by CREATE and backwards by whatever
 * fails and by DESTROY. Called by ioctls; the states in between are life.c's.
 *
 * Locks, outermost first: partition.lock (a life cycle), cpus_lock (cpus.c), links_lock (channel.c), list_lock (the list of
 * partitions, below), an endpoint's receive_lock then send_lock, table_lock (endpoint.c), then the spinlocks state_lock and
 * request_lock. User memory is never touched under partition.lock, because mmap takes it inside the address space's lock.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "arch/arch.h"
#include "channel.h"
#include "claims.h"
#include "compat.h"
#include "doorbell.h"
#include "endpoint.h"
#include "host.h"
#include "inject.h"
#include "life.h"
#include "partition.h"
#include "segment.h"

static DEFINE_MUTEX(list_lock); /* names, ids, slots, published */
static LIST_HEAD(partitions);
static DECLARE_BITMAP(slots_used, AMP_PARTITIONS_MAX);
static struct amp_doorbell_slot *slots; /* one page that every monitor maps */

int amp_partitions_init(void)
{
	slots = (struct amp_doorbell_slot *)get_zeroed_page(GFP_KERNEL);
	return slots ? 0 : -ENOMEM;
}

void amp_partitions_exit(void)
{
	free_page((unsigned long)slots);
}

phys_addr_t amp_partition_slots_pa(void)
{
	return virt_to_phys(slots);
}

/* ---- finding ---- */

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

static struct partition *find_by_name(const char *name)
{
	struct partition *p;

	list_for_each_entry(p, &partitions, node)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

struct partition *amp_partition_find(const char *name)
{
	struct partition *p;

	mutex_lock(&list_lock);
	p = find_by_name(name);
	if (p && !p->published)
		p = NULL;
	if (p)
		amp_partition_get(p);
	mutex_unlock(&list_lock);
	return p;
}

struct partition *amp_partition_nth(u32 n)
{
	struct partition *p, *found = NULL;

	mutex_lock(&list_lock);
	list_for_each_entry(p, &partitions, node) {
		if (p->published && !n--) {
			found = p;
			amp_partition_get(p);
			break;
		}
	}
	mutex_unlock(&list_lock);
	return found;
}

u32 amp_partition_list(struct amp_list_entry *entries, u32 capacity)
{
	struct partition *p;
	u32 count = 0;

	mutex_lock(&list_lock);
	list_for_each_entry(p, &partitions, node) {
		if (!p->published)
			continue;
		if (count < capacity) {
			strscpy(entries[count].name, p->name, AMP_NAME_SIZE);
			entries[count].id = p->id;
			entries[count].state = READ_ONCE(p->state);
		}
		count++;
	}
	mutex_unlock(&list_lock);
	return count;
}

/* ---- steps of creation ---- */

static int check_unique(const struct partition *new, struct amp_report *report)
{
	struct partition *p;

	if (find_by_name(new->name))
		return amp_fail(report, -EEXIST, AMP_STATUS_NAME_IN_USE, 0, 0);
	list_for_each_entry(p, &partitions, node)
		if (p->id == new->id)
			return amp_fail(report, -EEXIST, AMP_STATUS_ID_IN_USE, 0, new->id);
	return 0;
}

static int take_identity(struct partition *p, struct amp_report *report)
{
	int err;

	mutex_lock(&list_lock);
	err = check_unique(p, report);
	if (!err) {
		p->slot = find_first_zero_bit(slots_used, AMP_PARTITIONS_MAX);
		if (p->slot == AMP_PARTITIONS_MAX)
			err = amp_fail(report, -ENOSPC, AMP_STATUS_TOO_MANY, 0, AMP_PARTITIONS_MAX);
	}
	if (!err) {
		set_bit(p->slot, slots_used);
		p->bell = &slots[p->slot];
		list_add_tail(&p->node, &partitions);
	}
	mutex_unlock(&list_lock);
	return err;
}

static void give_identity(struct partition *p)
{
	mutex_lock(&list_lock);
	list_del(&p->node);
	clear_bit(p->slot, slots_used);
	mutex_unlock(&list_lock);
}

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
	amp_memory_put(p->memory);
	p->memory = NULL;
}

static const struct {
	int (*take)(struct partition *p, struct amp_report *report);
	void (*give)(struct partition *p);
} steps[] = {
	{ take_identity, give_identity },
	{ amp_monitor_take_pages, keep_pages },
	{ amp_claims_take, amp_claims_give },
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

static void publish(struct partition *p)
{
	p->open_count = 1; /* the caller's */
	amp_partition_get(p);
	__module_get(THIS_MODULE); /* the caller's descriptor of /dev/amp holds one already */
	mutex_lock(&list_lock);
	p->published = true;
	mutex_unlock(&list_lock);
}

static void unpublish(struct partition *p)
{
	mutex_lock(&list_lock);
	p->published = false;
	mutex_unlock(&list_lock);
	module_put(THIS_MODULE);
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
		publish(p);
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
	unpublish(p);
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

/* ---- all of them ---- */

void amp_partitions_stop(void)
{
	struct amp_report report;
	struct partition *p;
	u32 n;

	for (n = 0; (p = amp_partition_nth(n)); n++) {
		mutex_lock(&p->lock);
		if (!p->gone && amp_life_is_up(p))
			amp_life_stop(p, &report);
		mutex_unlock(&p->lock);
		amp_partition_put(p);
	}
}

bool amp_partitions_up(void)
{
	struct partition *p;
	bool up = false;

	mutex_lock(&list_lock);
	list_for_each_entry(p, &partitions, node)
		up |= amp_life_is_up(p);
	mutex_unlock(&list_lock);
	return up;
}

/* ---- what others see ---- */

void amp_partition_query(struct partition *p, struct amp_query *q)
{
	unsigned long flags;

	strscpy(q->name, p->name, AMP_NAME_SIZE);
	q->id = p->id;
	q->cpu = READ_ONCE(p->core.cpu);
	q->doorbell_intid = p->spec->doorbell_intid;
	q->channel_count = p->spec->channel_count;
	q->memory_bytes = p->memory_bytes;
	q->channel_bytes = p->channel_bytes;
	q->monitor_bytes = p->pages.bytes;
	q->segment_bytes = READ_ONCE(p->segment_bytes);
	q->now_ticks = amp_arch_counter();
	q->counter_hz = amp_arch_counter_hz();
	q->stats = *p->pages.stats;
	spin_lock_irqsave(&p->state_lock, flags);
	q->state = p->state;
	q->resets = p->resets;
	q->starts = p->starts;
	q->start_ticks = p->start_ticks;
	q->failure = p->failure;
	q->exit = p->exit;
	spin_unlock_irqrestore(&p->state_lock, flags);
}

int amp_partition_eventfd(struct partition *p, const struct amp_eventfd *event)
{
	struct eventfd_ctx *context = NULL;
	unsigned long flags;

	if (event->what >= AMP_EVENT_CHANNEL + p->spec->channel_count)
		return -EINVAL;
	if (event->fd != -1) {
		context = eventfd_ctx_fdget(event->fd);
		if (IS_ERR(context))
			return PTR_ERR(context);
	}
	spin_lock_irqsave(&p->state_lock, flags);
	swap(p->events[event->what], context);
	spin_unlock_irqrestore(&p->state_lock, flags);
	if (context)
		eventfd_ctx_put(context);
	return 0;
}

void amp_partition_signal(struct partition *p, u32 what)
{
	unsigned long flags;

	spin_lock_irqsave(&p->state_lock, flags);
	if (p->events[what])
		amp_eventfd_signal(p->events[what]);
	spin_unlock_irqrestore(&p->state_lock, flags);
}
