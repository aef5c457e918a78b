// SPDX-License-Identifier: GPL-2.0-only
/* See transport.h. The node is opened anew by each transport_open, which the module lets only one process have. */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "amp/abi/ioctl.h"

const char *const transport_names[TRANSPORT_MODES] = { "polling", "sleeping", "read/write" };

_Noreturn void die(const char *what)
{
	printf("channel: FAIL: %s (errno %d)\n", what, errno);
	fflush(stdout);
	_exit(1);
}

static void ring(struct transport *t)
{
	if (ioctl(t->fd, AMP_IOC_CHANNEL_DOORBELL) != 0)
		die("DOORBELL");
	t->rung++;
}

static void attach(struct transport *t)
{
	struct amp_channel_info info;

	if (ioctl(t->fd, AMP_IOC_CHANNEL_INFO, &info) != 0)
		die("CHANNEL_INFO");
	t->size = info.size;
	t->memory = mmap(NULL, t->size, PROT_READ | PROT_WRITE, MAP_SHARED, t->fd, 0);
	if (t->memory == MAP_FAILED)
		die("mmap");
	/* the guest can spoil the constants */
	if (amp_channel_stamp(t->memory, t->size) != AMP_RING_OK ||
	    amp_channel_attach(&t->end, t->memory, t->size, info.side) != AMP_RING_OK)
		die("attach");
	ring(t);
}

void transport_open(struct transport *t, const char *node, enum transport_mode mode)
{
	memset(t, 0, sizeof(*t));
	t->mode = mode;
	t->fd = open(node, O_RDWR | O_NONBLOCK);
	if (t->fd < 0)
		die("open");
	if (mode != TRANSPORT_FILE)
		attach(t);
}

void transport_close(struct transport *t)
{
	if (t->mode != TRANSPORT_FILE) {
		amp_channel_detach(&t->end);
		munmap(t->memory, t->size);
	}
	close(t->fd);
}

static bool write_message(struct transport *t, const void *message, uint32_t length)
{
	ssize_t sent = write(t->fd, message, length);

	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		die("write");
	return sent == (ssize_t)length;
}

static void publish(struct transport *t)
{
	amp_tx_publish(&t->end.tx);
	if (amp_tx_need_doorbell(&t->end.tx))
		ring(t);
}

bool transport_send(struct transport *t, const void *message, uint32_t length, bool more)
{
	int status;

	if (t->mode == TRANSPORT_FILE)
		return write_message(t, message, length);
	status = amp_tx_try_stage(&t->end.tx, message, length);
	if (status != AMP_RING_OK && status != AMP_RING_FULL)
		die("send");
	if (status == AMP_RING_FULL || !more)
		publish(t);
	return status == AMP_RING_OK;
}

uint32_t transport_receive(struct transport *t, void *buffer, uint32_t capacity)
{
	const void *message;
	uint32_t length;
	ssize_t got;
	int status;

	if (t->mode == TRANSPORT_FILE) {
		got = read(t->fd, buffer, capacity);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			die("read");
		return got < 0 ? 0 : (uint32_t)got;
	}
	status = amp_rx_peek(&t->end.rx, &message, &length);
	if (status == AMP_RING_EMPTY)
		return 0;
	if (status != AMP_RING_OK || length > capacity)
		die("receive");
	memcpy(buffer, message, length);
	return length;
}

void transport_done(struct transport *t)
{
	if (t->mode == TRANSPORT_FILE)
		return;
	amp_rx_release(&t->end.rx);
	if (amp_rx_need_doorbell(&t->end.rx))
		ring(t);
}

static void sleep_in_poll(struct transport *t, short events)
{
	struct pollfd item = { t->fd, events, 0 };

	if (poll(&item, 1, 60000) == 0)
		die("the guest was silent for a minute");
	if (item.revents & (POLLERR | POLLHUP))
		die("the partition is gone");
	t->slept++;
}

void transport_wait(struct transport *t, uint32_t want_space)
{
	bool message, space;

	if (t->mode == TRANSPORT_POLL) {
		sched_yield(); /* the emulator may have fewer cores than it shows */
		return;
	}
	if (t->mode == TRANSPORT_FILE) {
		sleep_in_poll(t, (short)(want_space ? POLLIN | POLLOUT : POLLIN));
		return;
	}
	message = amp_rx_arm(&t->end.rx) != AMP_RING_EMPTY;
	space = want_space && amp_tx_arm(&t->end.tx, want_space) != AMP_RING_FULL;
	if (!message && !space)
		sleep_in_poll(t, POLLIN);
	amp_rx_disarm(&t->end.rx);
	amp_tx_disarm(&t->end.tx);
}
