/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's image: bytes kept so that every start begins from the same memory. */
#ifndef AMP_SEGMENT_H
#define AMP_SEGMENT_H

#include "front.h"
#include "partition.h"

/* Without the partition's lock: takes it after the bytes are in the kernel. */
int amp_segment_load(struct partition *p, struct amp_segment *request, bool image);
/* Puts these in the place of all that is image, or changes nothing. */
int amp_segment_replace(struct partition *p, const struct amp_piece *piece, u32 count, struct amp_report *report);
/* Bytes of the image as they are kept; -ENOENT: not all of them lie in one segment. */
int amp_segment_read(struct partition *p, u64 gpa, u64 size, void *to);
/* With the lock. */
int amp_segment_clear(struct partition *p, struct amp_report *report);
void amp_segment_free_all(struct partition *p);
/* Whether there is anything at the entry point. */
bool amp_segment_at(const struct partition *p, u64 gpa);
/* Into guest memory that was scrubbed. */
void amp_segment_copy_all(struct partition *p);

#endif
