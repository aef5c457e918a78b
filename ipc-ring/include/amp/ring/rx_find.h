/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Finds the next message in memory that a hostile peer can write at any time: every header is loaded once and that copy checked.
 * Also the way back to order after corruption, when the peer has attached anew.
 */
#ifndef AMP_RING_RX_FIND_H
#define AMP_RING_RX_FIND_H

#include "amp/ring/rx.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* The record at `consumed`, its header loaded once. The peer may still change the bytes; it can't change our copy. */
AMP_RING_SHORT struct amp_record amp_rx_record(const struct amp_rx *rx)
{
    const void *place = rx->data + (rx->consumed & (rx->size - 1u));
    const struct amp_record *shared = (const struct amp_record *)place;
    struct amp_record record;

    record.length = amp_load_relaxed(&shared->length);
    record.kind = amp_load_relaxed(&shared->kind);
    return record;
}

/* Step over padding: it reaches exactly to the ring's end, is shorter than the longest record, and a message follows it. */
static inline int amp_rx_skip_padding(struct amp_rx *rx, uint32_t length)
{
    uint32_t to_end = rx->size - (rx->consumed & (rx->size - 1u));

    if (length != to_end - (uint32_t)sizeof(struct amp_record) || to_end >= rx->size / 2u ||
        to_end >= rx->produced - rx->consumed)
        return AMP_RING_PEER_CORRUPT;
    rx->consumed += to_end;
    return AMP_RING_OK;
}

/*
 * The record's size of a message that passed all checks. Where the length is that of the message before, the size comes from
 * private memory, and a core that predicts the branch goes on to the next record before this one's header has arrived from the
 * peer's cache.
 */
static inline uint32_t amp_rx_remember(struct amp_rx *rx, uint32_t length)
{
    if (length != rx->usual_length) {
        rx->usual_length = length;
        rx->usual_size = amp_record_size(length);
    }
    return rx->usual_size;
}

/* Finds the next message. No loop: padding is followed by a message or the peer is corrupt. */
static inline int amp_rx_find(struct amp_rx *rx, const void **message, uint32_t *length)
{
    int status = amp_rx_refresh(rx);
    struct amp_record record;
    uint32_t offset;

    rx->peeked = 0; /* what an earlier peek found may not be there any more */
    if (status != AMP_RING_OK)
        return status;
    record = amp_rx_record(rx);
    if (record.kind == AMP_RECORD_PADDING) {
        status = amp_rx_skip_padding(rx, record.length);
        if (status != AMP_RING_OK)
            return status;
        record = amp_rx_record(rx);
    }
    offset = rx->consumed & (rx->size - 1u);
    /* The longest message first: it keeps the sum inside amp_record_size() from wrapping. */
    if (record.kind != AMP_RECORD_MESSAGE || record.length > AMP_RING_MESSAGE_MAX(rx->size) ||
        amp_record_size(record.length) > rx->produced - rx->consumed ||
        amp_record_size(record.length) > rx->size - offset)
        return AMP_RING_PEER_CORRUPT;
    rx->peeked = amp_rx_remember(rx, record.length);
    *message = rx->data + offset + sizeof(struct amp_record);
    *length = record.length;
    return AMP_RING_OK;
}

/*
 * After corruption: if the peer attached anew, go on where its new generation began, so that the nonsense of the old one
 * costs none of the new one's messages. Once per generation, so a peer can't make us do it without end.
 */
static inline bool amp_rx_follow_start(struct amp_rx *rx)
{
    /* Acquire, partner: release in amp_channel_attach; `start` belongs to this generation or a later one. */
    uint32_t generation = amp_load_acquire(&rx->peer->generation);
    uint32_t start = amp_load_relaxed(&rx->peer->start);
    uint32_t produced = amp_load_acquire(&rx->peer->produced);

    if (generation == rx->resync_generation)
        return false;
    rx->resync_generation = generation;
    if (!amp_ring_indices_valid(produced, start, rx->size))
        return false;
    /* A start behind us is one that we passed in good order: this generation itself wrote the nonsense. */
    if (produced - rx->consumed <= rx->size && produced - start > produced - rx->consumed)
        return false;
    rx->consumed = start;
    rx->produced = produced;
    rx->resync_count++;
    amp_rx_publish(rx);
    return true;
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
