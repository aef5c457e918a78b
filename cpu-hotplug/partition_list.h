/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What creation needs of the list of partitions; who looks for one uses partition.h.
 */
#ifndef AMP_PARTITION_LIST_H
#define AMP_PARTITION_LIST_H

#include "partition.h"

/* Its name, its id and a doorbell slot are its own from now on; nobody finds it before it is published. */
int amp_partitions_add(struct partition *p, struct amp_report *report);
void amp_partitions_remove(struct partition *p);
/* Whether others may find it. */
void amp_partitions_publish(struct partition *p, bool published);

#endif
