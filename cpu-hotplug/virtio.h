/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtio devices between a monitor and the back ends that have them open. The structure lives as long as the partition's, since
 * a back end's descriptor holds that one; after DESTROY it only answers ENODEV.
 */
#ifndef AMP_MODULE_VIRTIO_H
#define AMP_MODULE_VIRTIO_H

#include <linux/fs.h>
#include "partition.h"

struct amp_virtio_call;

enum amp_virtio_up { AMP_UP_UNASKED, AMP_UP_WANTED, AMP_UP_PENDING, AMP_UP_REPLIED };

struct amp_virtio_device {
	struct amp_virtio_devices *all;
	u32 index;
	wait_queue_head_t wait; /* the back end, for an event */
	bool open;		/* these four under the partition's request_lock */
	bool run_pending;	/* the back end has not replied to the run that run_seq announced */
	enum amp_virtio_up up;	/* has the back end asked to be told, and been told, that the guest of this run runs? */
	u32 run_seq;
	struct mutex eventfd_lock; /* one change of an eventfd at a time */
	struct eventfd_ctx *kick[AMP_VIRTIO_QUEUES_MAX]; /* under kick_lock */
	struct amp_virtio_call *call[AMP_VIRTIO_QUEUES_MAX]; /* under eventfd_lock */
};

struct amp_virtio_devices {
	struct partition *p;
	u64 run;      /* starts attempted; under the partition's request_lock */
	u32 seq_base; /* all accesses of earlier runs; under request_lock */
	bool dead;
	spinlock_t kick_lock; /* interrupts off; an eventfd's own lock is taken under it */
	wait_queue_head_t replied; /* a start, for its back ends */
	u32 count;
	struct amp_virtio_device device[];
};

/* ---- the partition's side ---- */

/* Room for the descriptor's devices. Undone by end, after which every call answers ENODEV; free ends the structure. */
int amp_virtio_create(struct partition *p, struct amp_report *report);
void amp_virtio_end(struct partition *p);
void amp_virtio_free(struct partition *p);
/* A new run begins: waits until every back end that is there has left the old one alone. -ETIMEDOUT: one is silent. */
int amp_virtio_begin_run(struct partition *p, struct amp_report *report);
/* The guest of that run runs: back ends may write to its memory now. */
void amp_virtio_is_up(struct partition *p);
/* All that the old run left in the mailbox and the slot; nobody listens there now. */
void amp_virtio_reset(struct partition *p);
/* Interrupt context: the driver notified queues; an access waits. */
void amp_virtio_notified(struct partition *p);
void amp_virtio_access_came(struct partition *p);

/* ---- the back end's side ---- */

/* A new descriptor of one device; an ERR_PTR: -EBUSY where another is open. */
struct file *amp_virtio_open(struct partition *p, u32 index);
/* What the back end has to reply to next; false: nothing. */
bool amp_virtio_next(struct amp_virtio_device *d, struct amp_virtio_event *event);
/* -ESTALE where the reply is not to what amp_virtio_next() says. */
int amp_virtio_reply(struct amp_virtio_device *d, const struct amp_virtio_reply *reply);
/* Any context: bits of InterruptStatus. Nothing happens where no guest runs. */
void amp_virtio_interrupt(struct amp_virtio_device *d, u32 bits);
int amp_virtio_eventfd(struct amp_virtio_device *d, const struct amp_virtio_eventfd *request);
void amp_virtio_forget_eventfds(struct amp_virtio_device *d);
/* Interrupt context: signals who waits for these queues. */
void amp_virtio_signal_kicks(struct amp_virtio_device *d, unsigned long queues);

#endif
