/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The receiving half, struct amp_rx, and its two shared indices: when the peer's is looked at, when the own one is published.
 * One caller at a time per amp_rx; what lies between the indices is rx_find.h's business.
 */
#ifndef AMP_RING_RX_H
#define AMP_RING_RX_H

#include "amp/ring/record.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* The receiving half. */
struct amp_rx {
    struct amp_channel_side *own;
    const struct amp_channel_side *peer;
    const uint8_t *data;
    uint32_t size;
    uint32_t consumed; /* own index: behind the last message taken; the shared one follows with amp_rx_publish */
    uint32_t published; /* the shared copy of it: up to where the peer may overwrite */
    uint32_t produced; /* the peer's index as last seen and checked: looked up again only when the ring seems empty */
    uint32_t peeked;   /* record bytes of the peeked message, 0: none */
    uint32_t usual_length; /* of the last message that passed all checks, ... */
    uint32_t usual_size;   /* ... and its record's size */
    uint32_t rung;     /* doorbell.h: `consumed` when need_doorbell was asked last */
    uint32_t resync_generation; /* the peer's generation for which `start` was followed */
    uint64_t received_count, corrupt_count, resync_count, doorbell_count;
};

/* The space of all messages taken goes back to the sender by one store; then ask amp_rx_need_doorbell once. */
AMP_RING_SHORT void amp_rx_publish(struct amp_rx *rx)
{
    rx->peeked = 0;
    rx->published = rx->consumed;
    /* Release, partner: acquire in amp_tx_refresh. Our loads of the messages are done before the peer may overwrite them. */
    amp_store_release(&rx->own->consumed, rx->consumed);
}

/* OK when there is something to read, EMPTY, or PEER_CORRUPT. */
static inline int amp_rx_refresh(struct amp_rx *rx)
{
    uint32_t produced;

    if (rx->produced != rx->consumed)
        return AMP_RING_OK;
    /* Acquire, partner: release in amp_tx_publish. */
    produced = amp_load_acquire(&rx->peer->produced);
    if (!amp_ring_indices_valid(produced, rx->consumed, rx->size))
        return AMP_RING_PEER_CORRUPT;
    rx->produced = produced;
    return produced != rx->consumed ? AMP_RING_OK : AMP_RING_EMPTY;
}

/*
 * Drops everything unread: the caller's answer to PEER_CORRUPT where it trusts the peer more than the past (a guest that
 * was started anew after one that scribbled over its own indices).
 */
static inline void amp_rx_resync(struct amp_rx *rx)
{
    rx->produced = amp_load_acquire(&rx->peer->produced) & ~(AMP_RECORD_ALIGN - 1u);
    rx->consumed = rx->produced;
    rx->resync_count++;
    amp_rx_publish(rx);
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
