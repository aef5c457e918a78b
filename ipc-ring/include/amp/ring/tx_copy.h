/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Sending by copy: the short path for a message that fits where the last one ended, and the way out of it to tx.h for all else.
 */
#ifndef AMP_RING_TX_COPY_H
#define AMP_RING_TX_COPY_H

#include "amp/ring/tx.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* Where the message needs padding, the peer's index must be looked up, or the message is too long. */
AMP_RING_LONG int amp_tx_stage_slowly(struct amp_tx *tx, const void *message, uint32_t length)
{
    void *space;
    int status = amp_tx_reserve(tx, length, &space);

    if (status != AMP_RING_OK)
        return status;
    amp_ring_copy(space, message, length);
    return amp_tx_stage(tx, length);
}

/* Whether it went the short way: there is space before the ring's end as of the last look at the peer's index. */
AMP_RING_SHORT bool amp_tx_stage_quickly(struct amp_tx *tx, const void *message, uint32_t length)
{
    uint32_t produced = tx->produced, size = tx->size;
    uint32_t offset = produced & (size - 1u);
    uint32_t space = size - (produced - tx->consumed);
    uint32_t need = amp_record_size(length);
    uint8_t *place = tx->data + offset;

    if (length > AMP_RING_MESSAGE_MAX(size) || need > size - offset || need > space)
        return false;
    tx->produced = produced + need;
    tx->reserved = 0;
    tx->sent_count++;
    amp_record_write(place, length, AMP_RECORD_MESSAGE);
    amp_ring_copy(place + sizeof(struct amp_record), message, length);
    return true;
}

/* Copies a message in without publishing it. FULL: publish, ask for the doorbell, wait. */
AMP_RING_SHORT int amp_tx_try_stage(struct amp_tx *tx, const void *message, uint32_t length)
{
    return amp_tx_stage_quickly(tx, message, length) ? AMP_RING_OK : amp_tx_stage_slowly(tx, message, length);
}

AMP_RING_SHORT int amp_tx_try_send(struct amp_tx *tx, const void *message, uint32_t length)
{
    int status = AMP_RING_OK;

    if (!amp_tx_stage_quickly(tx, message, length)) {
        status = amp_tx_stage_slowly(tx, message, length);
        if (status != AMP_RING_OK)
            return status;
    }
    amp_tx_publish(tx);
    return status;
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
