// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/amp-<partition>-console: the guest's UART as bytes. Any number of readers, each from its own position; writers take
 * turns. Output is never held back for a reader; input waits until the guest took some.
 */
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include "console.h"
#include "endpoint.h"
#include "life.h"
#include "stream.h"
#include "user_copy.h"

/* The guest takes input without a doorbell: a full input is looked at this often. */
#define INPUT_RETRY msecs_to_jiffies(20)
#define PIECE 256

struct reader {
	struct amp_endpoint *ep;
	u64 position;
};

static const struct amp_stream *output_of(const struct partition *p)
{
	return p->pages.console_out;
}

static int console_open(struct inode *inode, struct file *file)
{
	struct amp_endpoint *ep = file->private_data;
	struct reader *reader = kmalloc(sizeof(*reader), GFP_KERNEL);

	if (!reader) {
		amp_endpoint_close(ep);
		return -ENOMEM;
	}
	reader->ep = ep;
	reader->position = amp_stream_written(output_of(ep->p));
	file->private_data = reader;
	return stream_open(inode, file);
}

static int console_release(struct inode *inode, struct file *file)
{
	struct reader *reader = file->private_data;

	amp_endpoint_close(reader->ep);
	kfree(reader);
	return 0;
}

/* Asks for a call at the next byte, then looks once more (stream.h). True: there is something already. */
static bool arm(const struct partition *p, u64 position)
{
	WRITE_ONCE(p->pages.mailbox->console_notify, 1);
	smp_mb(); /* partner: the monitor's full barrier between `written` and its look at console_notify */
	return amp_stream_written(output_of(p)) != position;
}

static ssize_t read_output(struct reader *reader, char __user *buffer, size_t count)
{
	struct amp_endpoint *ep = reader->ep;
	u64 position, lost = 0;
	ssize_t got = -ENODEV;

	if (mutex_lock_interruptible(&ep->receive_lock))
		return -ERESTARTSYS;
	if (!ep->dead) {
		position = reader->position;
		got = amp_stream_read(output_of(ep->p), ep->p->pages.console_out_capacity, buffer, count, &position, &lost);
		if (got >= 0)
			reader->position = position;
	}
	mutex_unlock(&ep->receive_lock);
	return got;
}

static ssize_t console_read(struct file *file, char __user *buffer, size_t count, loff_t *offset)
{
	struct reader *reader = file->private_data;
	struct amp_endpoint *ep = reader->ep;
	unsigned int tries = 0;
	ssize_t got;

	for (;;) {
		got = read_output(reader, buffer, count);
		if (got == -EFAULT) {
			got = amp_copy_wait(buffer, min_t(size_t, count, PIECE), true, &tries);
			if (!got)
				continue;
		}
		if (got || !count)
			return got;
		if (arm(ep->p, reader->position))
			continue;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(ep->wait, READ_ONCE(ep->dead) || arm(ep->p, reader->position)))
			return -ERESTARTSYS;
	}
}

/* ---- input ---- */

/* console_in_taken is the monitor's word and only ever lies behind `written`. */
static u32 input_space(const struct partition *p)
{
	const struct amp_stream *in = p->pages.console_in;
	/* Acquire, partner: the monitor's release after it took the bytes that we may overwrite. */
	u32 waiting = (u32)READ_ONCE(in->written) - smp_load_acquire(&p->pages.mailbox->console_in_taken);

	return waiting < p->pages.console_in_capacity ? p->pages.console_in_capacity - waiting : 0;
}

static ssize_t write_piece(struct partition *p, const char __user *buffer, size_t count)
{
	struct amp_stream *in = p->pages.console_in;
	char piece[PIECE], *data = (char *)(in + 1);
	u64 written = READ_ONCE(in->written);
	u32 i;

	count = min3(count, (size_t)input_space(p), sizeof(piece));
	if (!amp_copy_in(piece, buffer, count))
		return -EFAULT;
	for (i = 0; i < count; i++)
		data[(written + i) & (p->pages.console_in_capacity - 1)] = piece[i];
	/* Release, partner: the monitor's acquire load of `written`. */
	smp_store_release(&in->written, written + count);
	return count;
}

/* As much as fits now. */
static ssize_t write_input(struct amp_endpoint *ep, const char __user *buffer, size_t count)
{
	ssize_t done = -ENODEV, wrote = 1;

	if (mutex_lock_interruptible(&ep->send_lock))
		return -ERESTARTSYS;
	if (!ep->dead) {
		for (done = 0; done < count && wrote > 0; done += max_t(ssize_t, wrote, 0))
			wrote = write_piece(ep->p, buffer + done, count - done);
		if (done)
			amp_life_ring(ep->p, AMP_ENDPOINT_CONSOLE);
		else if (wrote < 0)
			done = wrote;
	}
	mutex_unlock(&ep->send_lock);
	return done;
}

static ssize_t console_write(struct file *file, const char __user *buffer, size_t count, loff_t *offset)
{
	struct amp_endpoint *ep = ((struct reader *)file->private_data)->ep;
	ssize_t wrote, done = 0;
	unsigned int tries = 0;

	while (done < count) {
		wrote = write_input(ep, buffer + done, count - done);
		if (wrote == -EFAULT) {
			wrote = amp_copy_wait(buffer + done, min_t(size_t, count - done, PIECE), false, &tries);
			if (!wrote)
				continue;
		}
		if (wrote < 0)
			return done ?: wrote;
		done += wrote;
		if (done == count || (done && file->f_flags & O_NONBLOCK))
			break;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible_timeout(ep->wait, READ_ONCE(ep->dead) || input_space(ep->p), INPUT_RETRY) < 0)
			return done ?: -ERESTARTSYS;
	}
	return done;
}

static __poll_t console_poll(struct file *file, struct poll_table_struct *table)
{
	struct reader *reader = file->private_data;
	struct amp_endpoint *ep = reader->ep;
	__poll_t mask = 0;

	poll_wait(file, &ep->wait, table);
	if (READ_ONCE(ep->dead))
		return EPOLLHUP | EPOLLERR;
	if (arm(ep->p, reader->position))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (input_space(ep->p))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

const struct file_operations amp_console_operations = {
	.owner = THIS_MODULE,
	.open = console_open,
	.release = console_release,
	.read = console_read,
	.write = console_write,
	.poll = console_poll,
};

int amp_console_read_stream(struct partition *p, struct amp_read_stream *request)
{
	const struct amp_stream *stream = request->which == AMP_STREAM_LOG ? p->pages.log : p->pages.console_out;
	u32 capacity = request->which == AMP_STREAM_LOG ? p->pages.log_capacity : p->pages.console_out_capacity;
	char __user *to = u64_to_user_ptr(request->data);
	unsigned int tries = 0;
	ssize_t got;

	if (request->which > AMP_STREAM_CONSOLE)
		return -EINVAL;
	request->lost = 0;
	for (;;) {
		got = amp_stream_read(stream, capacity, to, request->size, &request->position, &request->lost);
		if (got != -EFAULT)
			break;
		got = amp_copy_wait(to, min_t(size_t, request->size, PIECE), true, &tries);
		if (got)
			break;
	}
	if (got < 0)
		return got;
	if (request->which == AMP_STREAM_CONSOLE && got < request->size)
		arm(p, request->position); /* who waits by eventfd has just read everything */
	request->size = got;
	return 0;
}
