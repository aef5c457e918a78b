/* SPDX-License-Identifier: GPL-2.0-only */
/* OpenAMP's resource table of a firmware, where the partition has an rpmsg device. */
#ifndef AMP_REMOTEPROC_TABLE_H
#define AMP_REMOTEPROC_TABLE_H

#include "firmware.h"

/*
 * Gives the table's open addresses those that the partitioner chose. On success *settled, for kvfree, may hold the bytes
 * that one of the pieces points to now.
 */
int amp_table_settle(struct rproc *rproc, struct amp_program *program, void **settled);

#endif
