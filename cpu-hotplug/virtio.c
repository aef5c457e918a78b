// SPDX-License-Identifier: GPL-2.0-only
/*
 * What passes between a monitor and the back ends of its virtio devices: accesses and answers, notifications, interrupts, and
 * the word that a new run begins. Called by the life cycle, the doorbell and virtio_device.c; knows no register and no queue.
 *
 * Nobody is woken under request_lock: a waker may end in a call eventfd, which takes it.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "arch/arch.h"
#include "launch.h"
#include "virtio.h"

/* ---- with the partition ---- */

static void init_device(struct amp_virtio_devices *v, u32 index)
{
	struct amp_virtio_device *d = &v->device[index];

	d->all = v;
	d->index = index;
	init_waitqueue_head(&d->wait);
	mutex_init(&d->eventfd_lock);
}

int amp_virtio_create(struct partition *p, struct amp_report *report)
{
	u32 i, count = p->spec->virtio_count;
	struct amp_virtio_devices *v;

	if (!count)
		return 0;
	v = kvzalloc(struct_size(v, device, count), GFP_KERNEL);
	if (!v)
		return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, struct_size(v, device, count));
	v->p = p;
	v->count = count;
	spin_lock_init(&v->kick_lock);
	init_waitqueue_head(&v->replied);
	for (i = 0; i < count; i++)
		init_device(v, i);
	p->virtio = v;
	return 0;
}

static void wake_back_ends(struct amp_virtio_devices *v)
{
	u32 i;

	for (i = 0; i < v->count; i++)
		wake_up_all(&v->device[i].wait);
}

void amp_virtio_end(struct partition *p)
{
	if (!p->virtio)
		return;
	WRITE_ONCE(p->virtio->dead, true);
	wake_back_ends(p->virtio);
}

void amp_virtio_free(struct partition *p)
{
	kvfree(p->virtio);
}

/* ---- runs ---- */

static void announce_run(struct amp_virtio_devices *v)
{
	struct partition *p = v->p;
	unsigned long flags;
	u32 i;

	flags = amp_lock(&p->request_lock);
	v->run++;
	/* A monitor counts its accesses from 1; a late reply to an old run's access must not fit a new one's. */
	v->seq_base += READ_ONCE(p->pages.mailbox->virtio_access.seq);
	for (i = 0; i < v->count; i++) {
		v->device[i].run_pending = true;
		v->device[i].up_pending = false;
		v->device[i].run_seq++;
	}
	amp_unlock(&p->request_lock, flags);
	wake_back_ends(v);
}

/* The first device whose back end has not replied; count: all have. */
static u32 find_silent(struct amp_virtio_devices *v)
{
	unsigned long flags;
	u32 i;

	flags = amp_lock(&v->p->request_lock);
	for (i = 0; i < v->count; i++)
		if (v->device[i].open && v->device[i].run_pending)
			break;
	amp_unlock(&v->p->request_lock, flags);
	return i;
}

int amp_virtio_begin_run(struct partition *p, struct amp_report *report)
{
	struct amp_virtio_devices *v = p->virtio;
	u32 silent = 0;
	long left;

	if (!v)
		return 0;
	announce_run(v);
	left = wait_event_killable_timeout(v->replied, (silent = find_silent(v)) == v->count,
					   usecs_to_jiffies(AMP_ANSWER_US));
	if (left < 0)
		return -EINTR;
	return left ? 0 : amp_fail(report, -ETIMEDOUT, AMP_STATUS_BACKEND_SILENT, silent, 0);
}

void amp_virtio_is_up(struct partition *p)
{
	struct amp_virtio_devices *v = p->virtio;
	unsigned long flags;
	u32 i;

	if (!v)
		return;
	flags = amp_lock(&p->request_lock);
	for (i = 0; i < v->count; i++)
		v->device[i].up_pending = true;
	amp_unlock(&p->request_lock, flags);
	wake_back_ends(v);
}

void amp_virtio_reset(struct partition *p)
{
	struct amp_mailbox *m = p->pages.mailbox;

	m->virtio_outbox = 0;
	memset(m->virtio_kicks, 0, sizeof(m->virtio_kicks));
	memset(&m->virtio_access, 0, sizeof(m->virtio_access));
	memset(&m->virtio_answer, 0, sizeof(m->virtio_answer));
	WRITE_ONCE(p->bell->virtio_used, 0);
	WRITE_ONCE(p->bell->virtio_config, 0);
}

/* ---- accesses ---- */

/* The monitor lets none but these through; a guest has a hand in each of the words. */
static bool is_good(const struct amp_virtio_access *access)
{
	return access->width <= 8 && is_power_of_2(access->width) && access->offset < AMP_VIRTIO_STRIDE &&
	       access->offset % access->width == 0;
}

/* Acquire of seq, partner: the monitor's release store after the other words, which it leaves alone until it is answered. */
static struct amp_virtio_access read_access(const struct amp_mailbox *m)
{
	const struct amp_virtio_access *from = &m->virtio_access;
	struct amp_virtio_access access = { .seq = smp_load_acquire(&from->seq) };

	access.device = READ_ONCE(from->device);
	access.offset = READ_ONCE(from->offset);
	access.width = READ_ONCE(from->width);
	access.write = READ_ONCE(from->write);
	access.value = READ_ONCE(from->value);
	return access;
}

/* With request_lock: while `live` holds, the mailbox is this run's. */
static bool find_access(const struct amp_virtio_device *d, struct amp_virtio_event *event)
{
	const struct partition *p = d->all->p;
	struct amp_virtio_access access = read_access(p->pages.mailbox);

	if (!p->live || access.seq == p->pages.mailbox->virtio_answer.seq || access.device != d->index || !is_good(&access))
		return false;
	*event = (struct amp_virtio_event){
		.kind = AMP_VIRTIO_ACCESS,
		.seq = d->all->seq_base + access.seq,
		.offset = access.offset,
		.width = access.width,
		.write = access.write != 0,
		.value = access.write ? access.value : 0,
	};
	return true;
}

/* With request_lock. */
static bool find_event(const struct amp_virtio_device *d, struct amp_virtio_event *event)
{
	if (!d->run_pending && !(d->up_pending && d->all->p->live))
		return find_access(d, event);
	*event = (struct amp_virtio_event){
		.kind = d->run_pending ? AMP_VIRTIO_RUN : AMP_VIRTIO_UP,
		.seq = d->run_seq,
		.value = d->all->run,
	};
	return true;
}

bool amp_virtio_next(struct amp_virtio_device *d, struct amp_virtio_event *event)
{
	struct partition *p = d->all->p;
	unsigned long flags;
	bool found;

	flags = amp_lock(&p->request_lock);
	found = find_event(d, event);
	amp_unlock(&p->request_lock, flags);
	return found;
}

/* With request_lock. */
static void answer(struct amp_virtio_device *d, const struct amp_virtio_reply *reply)
{
	struct partition *p = d->all->p;
	struct amp_virtio_answer *to = &p->pages.mailbox->virtio_answer;

	WRITE_ONCE(to->value, reply->value);
	/* Release, partner: the monitor's acquire load before it takes the value. */
	smp_store_release(&to->seq, reply->seq - d->all->seq_base);
	amp_arch_kick(p->core.kick_target);
}

int amp_virtio_reply(struct amp_virtio_device *d, const struct amp_virtio_reply *reply)
{
	struct partition *p = d->all->p;
	struct amp_virtio_event event;
	unsigned long flags;
	bool fits;

	if (reply->kind < AMP_VIRTIO_RUN || reply->kind > AMP_VIRTIO_UP || (reply->kind != AMP_VIRTIO_ACCESS && reply->value))
		return -EINVAL;
	flags = amp_lock(&p->request_lock);
	fits = find_event(d, &event) && event.kind == reply->kind && event.seq == reply->seq;
	if (fits && reply->kind == AMP_VIRTIO_RUN)
		d->run_pending = false;
	else if (fits && reply->kind == AMP_VIRTIO_UP)
		d->up_pending = false;
	else if (fits)
		answer(d, reply);
	amp_unlock(&p->request_lock, flags);
	if (!fits)
		return -ESTALE;
	if (reply->kind == AMP_VIRTIO_RUN)
		wake_up_all(&d->all->replied);
	return 0;
}

/* ---- calls of the guest ---- */

void amp_virtio_access_came(struct partition *p)
{
	struct amp_virtio_access access = read_access(p->pages.mailbox);

	if (p->virtio && access.device < p->virtio->count && is_good(&access))
		wake_up_all(&p->virtio->device[access.device].wait);
	else if (access.seq) /* 0: of a run that has ended meanwhile */
		pr_err_ratelimited("partition %s: impossible access to virtio device %u, offset %#x, width %u\n", p->name,
				   access.device, access.offset, access.width);
}

void amp_virtio_notified(struct partition *p)
{
	struct amp_virtio_devices *v = p->virtio;
	unsigned long devices;
	u32 i;

	if (!v)
		return;
	/* Full barriers, partner: the monitor's atomic ORs, kicks first. */
	devices = xchg(&p->pages.mailbox->virtio_outbox, 0);
	for_each_set_bit(i, &devices, v->count)
		amp_virtio_signal_kicks(&v->device[i], xchg(&p->pages.mailbox->virtio_kicks[i], 0));
}

/* ---- calls to the guest ---- */

/* True where the monitor has not been told yet: who set a bit that is still there has sent its kick. */
static bool raise(uint32_t *word, u32 index)
{
	return !(atomic_fetch_or(BIT(index), (atomic_t *)word) & BIT(index));
}

void amp_virtio_interrupt(struct amp_virtio_device *d, u32 bits)
{
	struct partition *p = d->all->p;
	unsigned long flags;
	bool call = false;

	flags = amp_lock(&p->request_lock);
	if (p->live) { /* or the slot may be another partition's by now */
		if (bits & AMP_VIRTIO_USED)
			call = raise(&p->bell->virtio_used, d->index);
		if (bits & AMP_VIRTIO_CONFIG)
			call |= raise(&p->bell->virtio_config, d->index);
		if (call)
			amp_arch_kick(p->core.kick_target);
	}
	amp_unlock(&p->request_lock, flags);
}
