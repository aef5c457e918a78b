/* SPDX-License-Identifier: GPL-2.0-only */
/* The SPI by which a monitor calls Linux. */
#ifndef AMP_DOORBELL_H
#define AMP_DOORBELL_H

#include "partition.h"

/* Takes the descriptor's doorbell interrupt and proves that it arrives. Undone by give. */
int amp_doorbell_take(struct partition *p, struct amp_report *report);
void amp_doorbell_give(struct partition *p);

#endif
