// SPDX-License-Identifier: GPL-2.0-only
/*
 * The eventfds of a device's queues: kicks are signalled by the doorbell's handler, calls are listened to in the eventfd's own
 * wait queue, so that vhost reaches the guest without a process in between. Set and forgotten by the device's descriptor alone.
 *
 * An eventfd whose last file is closed (EPOLLHUP) may still be signalled by a kernel user that holds it, vhost: nothing is
 * undone then, the entry in its wait queue keeps it until the device forgets it.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include "compat.h"
#include "virtio.h"

struct amp_virtio_call {
	struct amp_virtio_device *device;
	struct eventfd_ctx *context; /* keeps the wait queue */
	wait_queue_head_t *queue;
	wait_queue_entry_t entry;
	poll_table table;
};

/* ---- kicks ---- */

void amp_virtio_signal_kicks(struct amp_virtio_device *d, unsigned long queues)
{
	struct amp_virtio_devices *v = d->all;
	unsigned long flags;
	u32 q;

	flags = amp_lock(&v->kick_lock);
	for_each_set_bit(q, &queues, AMP_VIRTIO_QUEUES_MAX)
		if (d->kick[q])
			amp_eventfd_signal(d->kick[q]);
	amp_unlock(&v->kick_lock, flags);
}

/* Takes over the reference; NULL forgets. The driver may have notified before: the new one is signalled once. */
static void set_kick(struct amp_virtio_device *d, u32 queue, struct eventfd_ctx *context)
{
	struct amp_virtio_devices *v = d->all;
	unsigned long flags;

	flags = amp_lock(&v->kick_lock);
	swap(d->kick[queue], context);
	if (d->kick[queue])
		amp_eventfd_signal(d->kick[queue]);
	amp_unlock(&v->kick_lock, flags);
	if (context)
		eventfd_ctx_put(context);
}

static int change_kick(struct amp_virtio_device *d, u32 queue, int fd)
{
	struct eventfd_ctx *context = fd == -1 ? NULL : eventfd_ctx_fdget(fd);

	if (IS_ERR(context))
		return PTR_ERR(context);
	set_kick(d, queue, context);
	return 0;
}

/* ---- calls ---- */

/* Any context, under the wait queue's lock. */
static int on_call(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	struct amp_virtio_call *call = container_of(entry, struct amp_virtio_call, entry);

	if (key_to_poll(key) & EPOLLIN)
		amp_virtio_interrupt(call->device, AMP_VIRTIO_USED);
	return 0;
}

static void attach(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	struct amp_virtio_call *call = container_of(table, struct amp_virtio_call, table);

	call->queue = queue;
	add_wait_queue(queue, &call->entry);
}

/* Removal takes the wait queue's lock: on_call() is not running afterwards, and never will. */
static void drop_call(struct amp_virtio_call *call)
{
	if (!call)
		return;
	if (call->queue)
		remove_wait_queue(call->queue, &call->entry);
	eventfd_ctx_put(call->context);
	kfree(call);
}

static struct amp_virtio_call *listen(struct amp_virtio_device *d, struct file *file)
{
	struct eventfd_ctx *context = eventfd_ctx_fileget(file); /* proves that it is an eventfd */
	struct amp_virtio_call *call;

	if (IS_ERR(context))
		return ERR_CAST(context);
	call = kzalloc(sizeof(*call), GFP_KERNEL_ACCOUNT);
	if (!call) {
		eventfd_ctx_put(context);
		return ERR_PTR(-ENOMEM);
	}
	call->device = d;
	call->context = context;
	init_waitqueue_func_entry(&call->entry, on_call);
	init_poll_funcptr(&call->table, attach);
	if (vfs_poll(file, &call->table) & EPOLLIN) /* signalled before */
		amp_virtio_interrupt(d, AMP_VIRTIO_USED);
	return call;
}

static int change_call(struct amp_virtio_device *d, u32 queue, int fd)
{
	struct amp_virtio_call *call = NULL;
	struct file *file;

	if (fd != -1) {
		file = fget(fd);
		if (!file)
			return -EBADF;
		call = listen(d, file);
		fput(file);
		if (IS_ERR(call))
			return PTR_ERR(call);
	}
	swap(d->call[queue], call);
	drop_call(call);
	return 0;
}

/* ---- both ---- */

int amp_virtio_eventfd(struct amp_virtio_device *d, const struct amp_virtio_eventfd *request)
{
	u32 queues = amp_descriptor_virtio(d->all->p->spec)[d->index].queue_count;
	int err;

	if (request->pad || request->what > AMP_VIRTIO_CALL || request->queue >= queues)
		return -EINVAL;
	mutex_lock(&d->eventfd_lock);
	if (request->what == AMP_VIRTIO_KICK)
		err = change_kick(d, request->queue, request->fd);
	else
		err = change_call(d, request->queue, request->fd);
	mutex_unlock(&d->eventfd_lock);
	return err;
}

void amp_virtio_forget_eventfds(struct amp_virtio_device *d)
{
	u32 q;

	for (q = 0; q < AMP_VIRTIO_QUEUES_MAX; q++) {
		set_kick(d, q, NULL);
		drop_call(d->call[q]);
		d->call[q] = NULL;
	}
}
