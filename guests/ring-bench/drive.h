/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ring-bench asking another ring-bench: prints what round trips and streams between two guests take. Called by main alone. */
#ifndef AMP_RING_BENCH_DRIVE_H
#define AMP_RING_BENCH_DRIVE_H

#include "amp/guest/channel.h"

void drive(struct amp_guest_channel *channel, uint32_t trips);

#endif
