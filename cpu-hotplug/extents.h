/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What memory.c calls of extents.c; who looks something up uses memory.h.
 */
#ifndef AMP_EXTENTS_H
#define AMP_EXTENTS_H

#include "memory.h"

/* From the blocks in the order in which they were taken. What was allocated is the caller's to free, on failure too. */
int amp_extents_make(struct amp_memory *m, const struct amp_partition *d, const u64 *channel_pa, struct amp_report *report);

#endif
