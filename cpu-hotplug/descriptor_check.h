/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the descriptor's check share. Used by descriptor*.c alone; all others want descriptor.h.
 */
#ifndef AMP_DESCRIPTOR_CHECK_H
#define AMP_DESCRIPTOR_CHECK_H

#include "descriptor.h"
#include "report.h"

#define PAGE_MASK_BITS (AMP_PAGE_SIZE - 1ull)
#define FIRST_SPI 32u

struct checker {
	const struct amp_partition *d;
	size_t size;
	const struct amp_descriptor_limits *limits;
	struct amp_report *report;
	uint32_t intids[AMP_INTID_LIMIT / 32]; /* a bit per INTID of the emulated distributor that has a source */
};

static inline int bad(const struct checker *c, uint32_t status, uint32_t index, uint64_t value)
{
	return amp_fail(c->report, -EINVAL, status, index, value);
}

/* Each virtual SPI has one source: false where `intid` is none or taken. */
bool amp_check_take_intid(struct checker *c, uint32_t intid);
/* With the array in its place and regions that are right. */
int amp_check_channels(struct checker *c);
int amp_check_virtio(struct checker *c);

#endif
