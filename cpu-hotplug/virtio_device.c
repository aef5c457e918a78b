// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtio device's descriptor: what its back end, which may be unprivileged, can call. It holds the partition's structure, not
 * the partition: after DESTROY it answers ENODEV. No lock is held while it waits.
 */
#include <linux/anon_inodes.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include "virtio.h"

static bool is_dead(const struct amp_virtio_device *d)
{
	return READ_ONCE(d->all->dead);
}

/* ---- events and replies ---- */

static ssize_t device_read(struct file *file, char __user *buffer, size_t count, loff_t *offset)
{
	struct amp_virtio_device *d = file->private_data;
	struct amp_virtio_event event;

	if (count < sizeof(event))
		return -EINVAL;
	while (!is_dead(d)) {
		if (amp_virtio_next(d, &event))
			return copy_to_user(buffer, &event, sizeof(event)) ? -EFAULT : sizeof(event);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(d->wait, is_dead(d) || amp_virtio_next(d, &event)))
			return -ERESTARTSYS;
	}
	return -ENODEV;
}

static ssize_t device_write(struct file *file, const char __user *buffer, size_t count, loff_t *offset)
{
	struct amp_virtio_device *d = file->private_data;
	struct amp_virtio_reply reply;
	int err;

	if (count != sizeof(reply))
		return -EINVAL;
	if (copy_from_user(&reply, buffer, sizeof(reply)))
		return -EFAULT;
	if (is_dead(d))
		return -ENODEV;
	err = amp_virtio_reply(d, &reply);
	return err ?: sizeof(reply);
}

static __poll_t device_poll(struct file *file, struct poll_table_struct *table)
{
	struct amp_virtio_device *d = file->private_data;
	struct amp_virtio_event event;

	poll_wait(file, &d->wait, table);
	if (is_dead(d))
		return EPOLLHUP | EPOLLERR;
	return amp_virtio_next(d, &event) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* ---- calls ---- */

static long info(const struct amp_virtio_device *d, void __user *to)
{
	struct partition *p = d->all->p;
	const struct amp_virtio *spec = amp_descriptor_virtio(p->spec) + d->index;
	struct amp_virtio_info answer = {
		.device = d->index,
		.device_id = spec->device_id,
		.queue_count = spec->queue_count,
		.intid = spec->intid,
	};
	unsigned long flags;

	strscpy(answer.partition, p->name, sizeof(answer.partition));
	strscpy(answer.name, spec->name, sizeof(answer.name));
	flags = amp_lock(&p->request_lock);
	answer.run = d->all->run;
	amp_unlock(&p->request_lock, flags);
	return copy_to_user(to, &answer, sizeof(answer)) ? -EFAULT : 0;
}

static long set_eventfd(struct amp_virtio_device *d, void __user *from)
{
	struct amp_virtio_eventfd request;

	if (copy_from_user(&request, from, sizeof(request)))
		return -EFAULT;
	return amp_virtio_eventfd(d, &request);
}

static long interrupt(struct amp_virtio_device *d, unsigned long bits)
{
	if (!bits || bits & ~(unsigned long)(AMP_VIRTIO_USED | AMP_VIRTIO_CONFIG))
		return -EINVAL;
	amp_virtio_interrupt(d, bits);
	return 0;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct amp_virtio_device *d = file->private_data;

	if (is_dead(d))
		return -ENODEV;
	switch (command) {
	case AMP_IOC_VIRTIO_INFO: return info(d, (void __user *)argument);
	case AMP_IOC_VIRTIO_EVENTFD: return set_eventfd(d, (void __user *)argument);
	case AMP_IOC_VIRTIO_INTERRUPT: return interrupt(d, argument);
	default: return -ENOTTY;
	}
}

/* ---- opening and closing ---- */

static void let_go(struct amp_virtio_device *d)
{
	struct partition *p = d->all->p;
	unsigned long flags;

	flags = amp_lock(&p->request_lock);
	d->open = false;
	amp_unlock(&p->request_lock, flags);
	wake_up_all(&d->all->replied); /* a start need not wait for this one any more */
	amp_partition_put(p);
}

/* The eventfds first: who opens the device next begins with none. */
static int device_release(struct inode *inode, struct file *file)
{
	struct amp_virtio_device *d = file->private_data;

	amp_virtio_forget_eventfds(d);
	let_go(d);
	return 0;
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.read = device_read,
	.write = device_write,
	.poll = device_poll,
	.llseek = noop_llseek,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = device_release,
};

/* Each descriptor begins with the run's event. */
static bool take(struct amp_virtio_device *d)
{
	struct partition *p = d->all->p;
	unsigned long flags;
	bool taken;

	flags = amp_lock(&p->request_lock);
	taken = !d->open;
	if (taken) {
		d->open = true;
		d->run_pending = true;
		d->up = AMP_UP_UNASKED;
		d->run_seq++;
	}
	amp_unlock(&p->request_lock, flags);
	if (taken)
		amp_partition_get(p);
	return taken;
}

struct file *amp_virtio_open(struct partition *p, u32 index)
{
	struct amp_virtio_device *d;
	struct file *file;

	if (!p->virtio || index >= p->virtio->count)
		return ERR_PTR(-EINVAL);
	d = &p->virtio->device[index];
	if (is_dead(d))
		return ERR_PTR(-ENODEV);
	if (!take(d))
		return ERR_PTR(-EBUSY);
	file = anon_inode_getfile("[amp-virtio]", &device_operations, d, O_RDWR);
	if (IS_ERR(file))
		let_go(d);
	return file;
}
