/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dom0's ends as character devices: /dev/amp-<partition>-<channel> and -console. An endpoint lives as long as its partition's
 * structure; its device node only until DESTROY.
 */
#ifndef AMP_ENDPOINT_H
#define AMP_ENDPOINT_H

#include <linux/fs.h>
#include <linux/poll.h>
#include "amp/ring/channel.h"
#include "partition.h"

struct amp_endpoint {
	struct partition *p;
	u32 index; /* of the channel, or AMP_ENDPOINT_CONSOLE */
	char node[3 * AMP_NAME_SIZE];
	const struct file_operations *operations;
	wait_queue_head_t wait;
	bool dead; /* the partition was destroyed: every call answers ENODEV */
	struct amp_channel_link *link; /* NULL: console */
	struct mutex send_lock, receive_lock; /* one sender, one receiver; never held asleep for the guest */

	/* channels */
	bool busy;	 /* open; under the table's lock */
	bool attached;	 /* the kernel's ring code took the side; under both locks */
	atomic_t rung;	 /* doorbells since the last poll of a descriptor that only maps the memory */
	u32 send_wanted; /* length that did not fit last, or 1: what POLLOUT promises */
	struct amp_channel_end ring;
};

extern const struct file_operations amp_ring_operations, amp_console_operations;

int amp_endpoints_init(void);
void amp_endpoints_exit(void);
/* Nodes for p's console and its channels to dom0. Undone by remove; free ends the structures. */
int amp_endpoints_create(struct partition *p, struct amp_report *report);
void amp_endpoints_remove(struct partition *p);
void amp_endpoints_free(struct partition *p);
/* What open() of a node took; the operations' release calls it last. */
void amp_endpoint_close(struct amp_endpoint *ep);
/* Any context: the guest rang. */
void amp_endpoint_wake(struct partition *p, u32 index);

#endif
