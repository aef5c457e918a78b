// SPDX-License-Identifier: GPL-2.0-only
/*
 * A partition's virtio devices: their room, the word that a new run begins, notifications and interrupts. Called by creation, the
 * life cycle, the doorbell and virtio_device.c; knows no register and no queue.
 *
 * Nobody is woken under request_lock: a waker may end in a call eventfd, which takes it.
 */
#include <linux/bitops.h>
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
		v->device[i].up = AMP_UP_UNASKED;
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
		if (v->device[i].up == AMP_UP_WANTED)
			v->device[i].up = AMP_UP_PENDING;
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

/* ---- to and from the guest ---- */

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
