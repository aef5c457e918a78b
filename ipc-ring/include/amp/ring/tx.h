/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The sending half, struct amp_tx: messages written in place, staged and made visible. One caller at a time per amp_tx.
 * Nothing here waits, allocates, rings a doorbell (doorbell.h says when) or trusts a word that the peer can write: each is
 * loaded once, and that copy is checked.
 */
#ifndef AMP_RING_TX_H
#define AMP_RING_TX_H

#include "amp/ring/record.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* The sending half. Lives in private memory: what it remembers is never read back from shared memory. */
struct amp_tx {
    struct amp_channel_side *own;
    const struct amp_channel_side *peer;
    uint8_t *data;
    uint32_t size;     /* of the ring: a power of two */
    uint32_t produced; /* own index: behind the last staged message */
    uint32_t published; /* the shared copy of it: what the peer may read */
    uint32_t consumed; /* the peer's index as last seen and checked: looked up again only when the ring seems full */
    uint32_t padding;  /* of the reservation */
    uint32_t reserved; /* record bytes of the reservation, 0: none */
    uint32_t rung;     /* doorbell.h: `produced` when need_doorbell was asked last */
    uint64_t sent_count, full_count, corrupt_count, doorbell_count;
};

/* Space for a record of `need` bytes, as of the last look at the peer's index; tells the padding that precedes it. */
static inline bool amp_tx_fits(const struct amp_tx *tx, uint32_t need, uint32_t *padding)
{
    uint32_t to_end = tx->size - (tx->produced & (tx->size - 1u));
    uint32_t space = tx->size - (tx->produced - tx->consumed);

    *padding = need > to_end ? to_end : 0u;
    return need + *padding <= space;
}

static inline int amp_tx_refresh(struct amp_tx *tx)
{
    /* Acquire, partner: release in amp_rx_publish. The peer has finished reading what we are about to overwrite. */
    uint32_t consumed = amp_load_acquire(&tx->peer->consumed);

    if (!amp_ring_indices_valid(tx->produced, consumed, tx->size)) {
        tx->corrupt_count++;
        return AMP_RING_PEER_CORRUPT;
    }
    tx->consumed = consumed;
    return AMP_RING_OK;
}

/* OK when a message of `length` bytes can be sent now; else FULL, TOO_LONG or PEER_CORRUPT. */
static inline int amp_tx_ready(struct amp_tx *tx, uint32_t length)
{
    uint32_t padding;
    int status;

    if (length > AMP_RING_MESSAGE_MAX(tx->size))
        return AMP_RING_TOO_LONG;
    if (amp_tx_fits(tx, amp_record_size(length), &padding))
        return AMP_RING_OK;
    status = amp_tx_refresh(tx);
    if (status != AMP_RING_OK)
        return status;
    return amp_tx_fits(tx, amp_record_size(length), &padding) ? AMP_RING_OK : AMP_RING_FULL;
}

/*
 * Space for one message of up to `length` bytes, to be filled in place; amp_tx_commit makes it visible. A second reserve
 * replaces the first; one never committed costs nothing, also when the sender dies.
 */
static inline int amp_tx_reserve(struct amp_tx *tx, uint32_t length, void **message)
{
    int status = amp_tx_ready(tx, length);
    uint32_t offset;

    if (status == AMP_RING_FULL)
        tx->full_count++;
    if (status != AMP_RING_OK)
        return status;
    tx->reserved = amp_record_size(length);
    (void)amp_tx_fits(tx, tx->reserved, &tx->padding);
    offset = (tx->produced + tx->padding) & (tx->size - 1u);
    *message = tx->data + offset + sizeof(struct amp_record);
    return AMP_RING_OK;
}

/*
 * The reserved message, of which `length` bytes are used, joins those that amp_tx_publish makes visible together. A sender that
 * dies before that loses all of them.
 */
static inline int amp_tx_stage(struct amp_tx *tx, uint32_t length)
{
    if (tx->reserved == 0 || length > tx->reserved || amp_record_size(length) > tx->reserved)
        return AMP_RING_NOT_RESERVED;
    if (tx->padding != 0)
        amp_record_write(tx->data + (tx->produced & (tx->size - 1u)),
                            tx->padding - (uint32_t)sizeof(struct amp_record), AMP_RECORD_PADDING);
    amp_record_write(tx->data + ((tx->produced + tx->padding) & (tx->size - 1u)), length, AMP_RECORD_MESSAGE);
    tx->produced += tx->padding + amp_record_size(length);
    tx->reserved = 0;
    tx->sent_count++;
    return AMP_RING_OK;
}

/* Everything staged becomes visible by one store; then ask amp_tx_need_doorbell once. Without staged messages it does nothing. */
AMP_RING_SHORT void amp_tx_publish(struct amp_tx *tx)
{
    if (tx->published == tx->produced)
        return;
    tx->published = tx->produced;
    /* Release, partner: acquire in amp_rx_refresh. Padding and messages are visible before the index that covers them. */
    amp_store_release(&tx->own->produced, tx->produced);
}

/* Stage and publish: the reserved message, of which `length` bytes are used, and all staged before it. */
static inline int amp_tx_commit(struct amp_tx *tx, uint32_t length)
{
    int status = amp_tx_stage(tx, length);

    if (status == AMP_RING_OK)
        amp_tx_publish(tx);
    return status;
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
