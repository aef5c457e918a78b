/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical things that a descriptor names: reserved memory, device registers, interrupts. */
#ifndef AMP_CLAIMS_H
#define AMP_CLAIMS_H

#include "partition.h"

/* Claims each of them against Linux's drivers and other partitions. Undone by give. */
int amp_claims_take(struct partition *p, struct amp_report *report);
void amp_claims_give(struct partition *p);
/* Its interrupts disabled, inactive and not pending, whatever the monitor left; only while no core has them. */
void amp_claims_silence(const struct partition *p);
/* Maps an unused SPI for the module; Linux's number, or 0 where somebody uses it. */
unsigned int amp_claims_map_spi(u32 intid, unsigned int type);

#endif
