/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that amp.ko exports, for a module that shows partitions to another part of Linux (remoteproc/). Such a front holds
 * references to partitions, hears that something changed and looks for itself what it was; it never sees their structure.
 */
#ifndef AMP_FRONT_H
#define AMP_FRONT_H

#include <linux/types.h>
#include "amp/abi/status.h"

struct amp_partition;
struct device;
struct partition;

/* A part of a program: `size` bytes at gpa, in `room` bytes of memory of its own; what is beyond size reads as zero. */
struct amp_piece {
	u64 gpa;
	const void *data;
	u64 size, room;
};

struct amp_front {
	/*
	 * news(): a partition was created, destroyed or changed its state. It is called under locks, so it must neither sleep nor
	 * call back: it starts a work item that looks. NULL ends it: none is called any more when this returns. One front at a
	 * time: -EBUSY.
	 */
	int (*listen)(void (*news)(void));
	/* /dev/amp's device */
	struct device *(*device)(void);

	/* A reference to the n-th partition, to be put; NULL behind the last. */
	struct partition *(*nth)(u32 n);
	void (*put)(struct partition *p);
	/* Name, entry point, devices: constant while there is a reference. */
	const struct amp_partition *(*descriptor)(const struct partition *p);
	/* AMP_STATE_*, or 0 when it is destroyed; `count` is another one after each change. */
	u32 (*state)(struct partition *p, u32 *count);

	/* These take the partition's lock and may last seconds. They return an errno, and why in the report. */
	int (*start)(struct partition *p, struct amp_report *report);
	int (*stop)(struct partition *p, struct amp_report *report);
	/*
	 * Puts these pieces in the place of the whole image that was loaded before, and leaves device tree, info page and other
	 * files; changes nothing when it fails. Not while the partition is up.
	 */
	int (*replace)(struct partition *p, const struct amp_piece *piece, u32 count, struct amp_report *report);
	/* Bytes of the image as the next start will load them; -ENOENT: the image has none there. */
	int (*read)(struct partition *p, u64 gpa, u64 size, void *to);
};

/* One symbol, because each that is exported costs more than what is behind it. */
extern const struct amp_front amp_front;

/* ---- for the rest of amp.ko ---- */

void amp_front_set_device(struct device *device);
void amp_front_tell(void);

#endif
