// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/amp-<partition>-<channel>: dom0's side of a ring, by the same algorithm that the guest has. The guest is hostile: its
 * words are checked by ipc-ring on copies, and nothing here waits with a lock held. The kernel takes its side of the ring at
 * the first read or write, so that a program that maps the memory may run the ring itself.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include "amp/abi/ioctl.h"
#include "channel.h"
#include "endpoint.h"
#include "life.h"
#include "user_copy.h"

#define DOM0_SIDE 1

static int ring_open(struct inode *inode, struct file *file)
{
	return stream_open(inode, file);
}

static int ring_release(struct inode *inode, struct file *file)
{
	struct amp_endpoint *ep = file->private_data;

	if (ep->attached)
		amp_channel_detach(&ep->ring);
	ep->attached = false;
	amp_endpoint_close(ep);
	return 0;
}

/* Under both locks. The guest can spoil the constants, so they are written again before every attach. */
static void attach(struct amp_endpoint *ep)
{
	if (ep->attached || ep->dead)
		return;
	amp_channel_stamp(ep->link->memory, ep->link->size);
	if (amp_channel_attach(&ep->ring, ep->link->memory, ep->link->size, DOM0_SIDE) != AMP_RING_OK)
		return;
	ep->attached = true;
	amp_life_ring(ep->p, ep->index); /* the guest may want to know of the new generation */
}

/* Makes sure that the kernel has the side. EIO: the guest changed the constants at that very moment. */
static int enter(struct amp_endpoint *ep)
{
	if (READ_ONCE(ep->attached))
		return 0;
	mutex_lock(&ep->receive_lock);
	mutex_lock(&ep->send_lock);
	attach(ep);
	mutex_unlock(&ep->send_lock);
	mutex_unlock(&ep->receive_lock);
	if (READ_ONCE(ep->attached))
		return 0;
	return READ_ONCE(ep->dead) ? -ENODEV : -EIO;
}

/* ---- receiving ---- */

/*
 * Bytes received, -EAGAIN (armed), -EMSGSIZE, -EBADMSG after corruption (everything unread is dropped), -EFAULT where the first
 * *length bytes of the buffer are not all there now.
 */
static ssize_t receive(struct amp_endpoint *ep, char __user *buffer, size_t count, u32 *length)
{
	struct amp_rx *rx = &ep->ring.rx;
	const void *message;
	int status = amp_rx_peek(rx, &message, length);

	if (status == AMP_RING_EMPTY && amp_rx_arm(rx) == AMP_RING_OK)
		status = amp_rx_peek(rx, &message, length);
	if (status == AMP_RING_EMPTY)
		return -EAGAIN;
	if (status != AMP_RING_OK) {
		amp_rx_resync(rx);
		return -EBADMSG;
	}
	if (*length > count)
		return -EMSGSIZE;
	if (!amp_copy_out(buffer, message, *length))
		return -EFAULT;
	amp_rx_release(rx);
	if (amp_rx_need_doorbell(rx))
		amp_life_ring(ep->p, ep->index);
	return *length;
}

static ssize_t receive_locked(struct amp_endpoint *ep, char __user *buffer, size_t count, u32 *length)
{
	ssize_t got = -ENODEV;

	if (mutex_lock_interruptible(&ep->receive_lock))
		return -ERESTARTSYS;
	if (!ep->dead)
		got = receive(ep, buffer, count, length);
	mutex_unlock(&ep->receive_lock);
	return got;
}

/* Something may have changed for a receiver that was told EMPTY; a look without the lock, for sleeping only. */
static bool may_receive(struct amp_endpoint *ep)
{
	struct amp_rx *rx = &ep->ring.rx;

	return READ_ONCE(ep->dead) || amp_load_relaxed(&rx->peer->produced) != READ_ONCE(rx->consumed);
}

static ssize_t ring_read(struct file *file, char __user *buffer, size_t count, loff_t *offset)
{
	struct amp_endpoint *ep = file->private_data;
	unsigned int tries = 0;
	u32 length = 0;
	ssize_t got = enter(ep);

	if (got)
		return got;
	for (;;) {
		got = receive_locked(ep, buffer, count, &length);
		if (got == -EFAULT) {
			got = amp_copy_wait(buffer, length, true, &tries);
			if (!got)
				continue;
		}
		if (got != -EAGAIN || file->f_flags & O_NONBLOCK)
			return got;
		if (wait_event_interruptible(ep->wait, may_receive(ep)))
			return -ERESTARTSYS;
	}
}

/* ---- sending ---- */

/* Bytes sent, -EAGAIN (armed), -EMSGSIZE (never fits), -EBADMSG (the guest's index is impossible), -EFAULT. */
static ssize_t send(struct amp_endpoint *ep, const char __user *buffer, size_t count)
{
	struct amp_tx *tx = &ep->ring.tx;
	void *space;
	int status;

	if (count > AMP_RING_MESSAGE_MAX(tx->size))
		return -EMSGSIZE;
	status = amp_tx_arm(tx, count);
	ep->send_wanted = status == AMP_RING_FULL ? count : 1;
	if (status == AMP_RING_OK)
		status = amp_tx_reserve(tx, count, &space);
	if (status == AMP_RING_FULL)
		return -EAGAIN;
	if (status != AMP_RING_OK)
		return -EBADMSG;
	if (!amp_copy_in(space, buffer, count))
		return -EFAULT; /* a reservation without commit is never seen */
	amp_tx_commit(tx, count);
	if (amp_tx_need_doorbell(tx))
		amp_life_ring(ep->p, ep->index);
	return count;
}

static ssize_t send_locked(struct amp_endpoint *ep, const char __user *buffer, size_t count)
{
	ssize_t sent = -ENODEV;

	if (mutex_lock_interruptible(&ep->send_lock))
		return -ERESTARTSYS;
	if (!ep->dead)
		sent = send(ep, buffer, count);
	mutex_unlock(&ep->send_lock);
	return sent;
}

static bool may_send(struct amp_endpoint *ep)
{
	struct amp_tx *tx = &ep->ring.tx;

	return READ_ONCE(ep->dead) || amp_load_relaxed(&tx->peer->consumed) != READ_ONCE(tx->consumed);
}

static ssize_t ring_write(struct file *file, const char __user *buffer, size_t count, loff_t *offset)
{
	struct amp_endpoint *ep = file->private_data;
	unsigned int tries = 0;
	ssize_t sent = enter(ep);

	if (sent)
		return sent;
	for (;;) {
		sent = send_locked(ep, buffer, count);
		if (sent == -EFAULT) {
			sent = amp_copy_wait(buffer, count, false, &tries);
			if (!sent)
				continue;
		}
		if (sent != -EAGAIN || file->f_flags & O_NONBLOCK)
			return sent;
		if (wait_event_interruptible(ep->wait, may_send(ep)))
			return -ERESTARTSYS;
	}
}

/* ---- waiting ---- */

static __poll_t poll_ring(struct amp_endpoint *ep)
{
	__poll_t mask = 0;
	int status;

	mutex_lock(&ep->receive_lock);
	status = amp_rx_arm(&ep->ring.rx);
	mutex_unlock(&ep->receive_lock);
	if (status != AMP_RING_EMPTY)
		mask |= EPOLLIN | EPOLLRDNORM; /* a message, or the error that read() then reports */
	mutex_lock(&ep->send_lock);
	status = amp_tx_arm(&ep->ring.tx, ep->send_wanted);
	mutex_unlock(&ep->send_lock);
	if (status != AMP_RING_FULL)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/* A descriptor that never read or wrote only maps the memory: it is told of each doorbell once. */
static __poll_t ring_poll(struct file *file, struct poll_table_struct *table)
{
	struct amp_endpoint *ep = file->private_data;

	poll_wait(file, &ep->wait, table);
	if (READ_ONCE(ep->dead))
		return EPOLLHUP | EPOLLERR;
	if (READ_ONCE(ep->attached))
		return poll_ring(ep);
	return atomic_xchg(&ep->rung, 0) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* ---- the memory itself ---- */

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct amp_endpoint *ep = file->private_data;
	size_t size = vma->vm_end - vma->vm_start;

	if (READ_ONCE(ep->dead))
		return -ENODEV;
	if (vma->vm_pgoff || size > ep->link->size || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* the mapping holds the file, the file the partition's structure, and that the link with its memory */
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(virt_to_phys(ep->link->memory)), size, vma->vm_page_prot);
}

static long channel_info(struct amp_endpoint *ep, void __user *argument)
{
	const struct amp_channel_header *header = ep->link->memory;
	struct amp_channel_info info = { .size = ep->link->size, .side = DOM0_SIDE };

	strscpy(info.partition, ep->p->name, sizeof(info.partition));
	strscpy(info.channel, ep->link->name, sizeof(info.channel));
	info.peer_generation = amp_load_acquire(&header->side[!DOM0_SIDE].generation);
	return copy_to_user(argument, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ring_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct amp_endpoint *ep = file->private_data;

	if (READ_ONCE(ep->dead))
		return -ENODEV;
	switch (command) {
	case AMP_IOC_CHANNEL_INFO:
		return channel_info(ep, (void __user *)argument);
	case AMP_IOC_CHANNEL_DOORBELL:
		amp_life_ring(ep->p, ep->index);
		return 0;
	default:
		return -ENOTTY;
	}
}

const struct file_operations amp_ring_operations = {
	.owner = THIS_MODULE,
	.open = ring_open,
	.release = ring_release,
	.read = ring_read,
	.write = ring_write,
	.poll = ring_poll,
	.mmap = ring_mmap,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
