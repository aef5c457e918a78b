/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The ring's algorithm: sending (struct amp_tx) and receiving (struct amp_rx) messages over the memory that
 * include/amp/abi/ring.h lays out, by copy or in place, singly or in batches. One caller at a time per amp_tx and per amp_rx;
 * both may be used at once.
 */
#ifndef AMP_RING_SPSC_H
#define AMP_RING_SPSC_H

#include "amp/ring/rx_copy.h"
#include "amp/ring/tx_copy.h"

#endif
