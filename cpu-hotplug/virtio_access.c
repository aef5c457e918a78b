// SPDX-License-Identifier: GPL-2.0-only
/*
 * The register accesses that a monitor leaves to a back end, as events, and the replies. Called by the doorbell and by
 * virtio_device.c; knows no register. What comes from the mailbox is checked before it is an index or an event.
 *
 * Nobody is woken under request_lock: a waker may end in a call eventfd, which takes it.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/log2.h>
#include "arch/arch.h"
#include "virtio.h"

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
	if (!d->run_pending && (d->up != AMP_UP_PENDING || !d->all->p->live))
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

/* With request_lock. A back end that comes while the guest runs has missed is_up(). */
static void take_run_reply(struct amp_virtio_device *d, const struct amp_virtio_reply *reply)
{
	d->run_pending = false;
	if (reply->value & AMP_VIRTIO_TELL_UP)
		d->up = d->all->p->live ? AMP_UP_PENDING : AMP_UP_WANTED;
}

static bool is_good_reply(const struct amp_virtio_reply *reply)
{
	switch (reply->kind) {
	case AMP_VIRTIO_RUN: return !(reply->value & ~(u64)AMP_VIRTIO_TELL_UP);
	case AMP_VIRTIO_ACCESS: return true;
	case AMP_VIRTIO_UP: return !reply->value;
	default: return false;
	}
}

int amp_virtio_reply(struct amp_virtio_device *d, const struct amp_virtio_reply *reply)
{
	struct partition *p = d->all->p;
	struct amp_virtio_event event;
	unsigned long flags;
	bool fits;

	if (!is_good_reply(reply))
		return -EINVAL;
	flags = amp_lock(&p->request_lock);
	fits = find_event(d, &event) && event.kind == reply->kind && event.seq == reply->seq;
	if (fits && reply->kind == AMP_VIRTIO_RUN)
		take_run_reply(d, reply);
	else if (fits && reply->kind == AMP_VIRTIO_UP)
		d->up = AMP_UP_REPLIED;
	else if (fits)
		answer(d, reply);
	amp_unlock(&p->request_lock, flags);
	if (!fits)
		return -ESTALE;
	if (reply->kind == AMP_VIRTIO_RUN)
		wake_up_all(&d->all->replied);
	return 0;
}

void amp_virtio_access_came(struct partition *p)
{
	struct amp_virtio_access access = read_access(p->pages.mailbox);

	if (p->virtio && access.device < p->virtio->count && is_good(&access))
		wake_up_all(&p->virtio->device[access.device].wait);
	else if (access.seq) /* 0: of a run that has ended meanwhile */
		pr_err_ratelimited("partition %s: impossible access to virtio device %u, offset %#x, width %u\n", p->name,
				   access.device, access.offset, access.width);
}
