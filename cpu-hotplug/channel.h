/* SPDX-License-Identifier: GPL-2.0-only */
/* The shared memory of a channel and who is at its two ends. */
#ifndef AMP_CHANNEL_H
#define AMP_CHANNEL_H

#include "partition.h"

struct amp_channel_side_of {
	struct partition *p; /* NULL: nobody, or dom0 */
	u32 index;	     /* the channel's index there */
};

struct amp_channel_link {
	struct kref ref;
	struct list_head node;
	char name[AMP_NAME_SIZE];
	char owner[2][AMP_NAME_SIZE]; /* partition names by side; "dom0" */
	u64 size;
	void *memory;
	struct amp_channel_side_of end[2];
};

/* Joins or makes the link of every channel in p's descriptor, and routes the doorbells. Undone by leave. */
int amp_channels_join(struct partition *p, struct amp_report *report);
void amp_channels_leave(struct partition *p);
/* The memory stays until the last user has put it. */
void amp_channel_link_get(struct amp_channel_link *link);
void amp_channel_link_put(struct amp_channel_link *link);
/* A reference to the partition at the other end of p's channel n; NULL where there is none. */
struct partition *amp_channel_peer(struct partition *p, u32 n);

#endif
