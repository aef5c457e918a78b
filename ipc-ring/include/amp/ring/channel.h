/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A channel's life: made once by whoever owns the memory, attached by each side each time that side starts. Indices live in
 * the shared memory, so a side that died takes up where its last commit or release left off, and the other side sees a new
 * generation. The caller guarantees that the former life of its side has ended.
 */
#ifndef AMP_RING_CHANNEL_H
#define AMP_RING_CHANNEL_H

#include "amp/ring/doorbell.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* One side of a channel, in private memory. */
struct amp_channel_end {
    struct amp_tx tx;
    struct amp_rx rx;
    uint32_t generation; /* own */
};

/* The size of each of the two rings in a channel of `size` bytes; 0 when no channel has that size. */
static inline uint32_t amp_channel_ring_size(uint64_t size)
{
    uint32_t ring_size = AMP_CHANNEL_SIZE_MAX;

    if (size < AMP_CHANNEL_SIZE_MIN || size > AMP_CHANNEL_SIZE_MAX || size % AMP_PAGE_SIZE != 0)
        return 0;
    while (ring_size > (size - AMP_CHANNEL_HEADER_SIZE) / 2u)
        ring_size /= 2u;
    return ring_size;
}

/*
 * Writes what both sides check at attach, and touches nothing else: also a way to repair a header that a hostile guest
 * spoiled, at any time.
 */
static inline int amp_channel_stamp(void *memory, uint64_t size)
{
    struct amp_channel_constants *constants = &((struct amp_channel_header *)memory)->constants;
    uint32_t ring_size = amp_channel_ring_size(size);

    if (ring_size == 0 || (uintptr_t)memory % AMP_RING_LINE != 0)
        return AMP_RING_BAD_MEMORY;
    constants->abi_major = AMP_ABI_MAJOR;
    constants->abi_minor = AMP_ABI_MINOR;
    constants->size = (uint32_t)size;
    constants->ring_size = ring_size;
    /* Release, partner: acquire in amp_channel_check. */
    amp_store_release(&constants->magic, AMP_CHANNEL_MAGIC);
    return AMP_RING_OK;
}

/* Makes an empty channel. Nobody is attached; generations start again. */
static inline int amp_channel_init(void *memory, uint64_t size)
{
    if (amp_channel_ring_size(size) == 0 || (uintptr_t)memory % AMP_RING_LINE != 0)
        return AMP_RING_BAD_MEMORY;
    memset(memory, 0, (size_t)size);
    return amp_channel_stamp(memory, size);
}

static inline int amp_channel_check(const struct amp_channel_header *header, uint64_t size)
{
    /* Acquire, partner: release in amp_channel_stamp. */
    if (amp_load_acquire(&header->constants.magic) != AMP_CHANNEL_MAGIC)
        return AMP_RING_BAD_HEADER;
    if (header->constants.abi_major != AMP_ABI_MAJOR || header->constants.size != size)
        return AMP_RING_BAD_HEADER;
    return AMP_RING_OK;
}

static inline void amp_tx_attach(struct amp_tx *tx, struct amp_channel_side *own, const struct amp_channel_side *peer,
                                 uint8_t *data, uint32_t size)
{
    memset(tx, 0, sizeof(*tx));
    tx->own = own;
    tx->peer = peer;
    tx->data = data;
    tx->size = size;
    /* Our former life's index. The peer can write to it as well; rounding is all that is needed to stay within bounds. */
    tx->produced = amp_load_relaxed(&own->produced) & ~(AMP_RECORD_ALIGN - 1u);
    tx->published = tx->produced;
    tx->consumed = tx->produced - size; /* as if full: the first send looks at the peer's index */
    tx->rung = tx->produced - size;     /* all that may lie there unread counts as not yet rung for */
    amp_store_relaxed(&own->produced, tx->produced);
    amp_store_relaxed(&own->start, tx->produced);
    amp_store_relaxed(&own->space_event, 0);
}

static inline void amp_rx_attach(struct amp_rx *rx, struct amp_channel_side *own, const struct amp_channel_side *peer,
                                 const uint8_t *data, uint32_t size)
{
    uint32_t produced = amp_load_acquire(&peer->produced) & ~(AMP_RECORD_ALIGN - 1u);

    memset(rx, 0, sizeof(*rx));
    rx->own = own;
    rx->peer = peer;
    rx->data = data;
    rx->size = size;
    rx->consumed = amp_load_relaxed(&own->consumed);
    /*
     * Where the two indices contradict each other, the receiver gives way and the sender's index holds. If both gave way at
     * once they could miss each other again.
     */
    if (!amp_ring_indices_valid(produced, rx->consumed, size)) {
        rx->consumed = produced;
        rx->resync_count++;
    }
    rx->produced = rx->consumed; /* as if empty: the first receive looks at the peer's index */
    rx->rung = rx->consumed - size;
    rx->usual_size = amp_record_size(rx->usual_length);
    amp_store_relaxed(&own->data_event, 0);
    amp_rx_publish(rx);
}

/*
 * Takes a side (0 or 1) of the channel. BAD_MEMORY: the caller's arguments; BAD_HEADER: no such channel there. Afterwards
 * ring the doorbell once whatever need_doorbell says: the peer may want to know of the new generation.
 */
static inline int amp_channel_attach(struct amp_channel_end *end, void *memory, uint64_t size, uint32_t side)
{
    struct amp_channel_header *header = (struct amp_channel_header *)memory;
    uint32_t ring_size = amp_channel_ring_size(size);
    struct amp_channel_side *own, *peer;
    uint8_t *rings = (uint8_t *)memory + AMP_CHANNEL_HEADER_SIZE;
    int status;

    if (ring_size == 0 || side > 1 || (uintptr_t)memory % AMP_RING_LINE != 0)
        return AMP_RING_BAD_MEMORY;
    status = amp_channel_check(header, size);
    if (status != AMP_RING_OK)
        return status;
    own = &header->side[side];
    peer = &header->side[1u - side];
    amp_tx_attach(&end->tx, own, peer, rings + side * ring_size, ring_size);
    amp_rx_attach(&end->rx, own, peer, rings + (1u - side) * ring_size, ring_size);
    end->generation = amp_load_relaxed(&own->generation) + 1u;
    if (end->generation == 0)
        end->generation = 1;
    amp_store_relaxed(&own->attached, 1);
    /* Release, partner: acquire in amp_rx_follow_start and amp_channel_peer_generation. */
    amp_store_release(&own->generation, end->generation);
    return AMP_RING_OK;
}

/* An orderly end; what was sent stays readable. */
static inline void amp_channel_detach(struct amp_channel_end *end)
{
    amp_rx_disarm(&end->rx);
    amp_tx_disarm(&end->tx);
    amp_store_release(&end->tx.own->attached, 0);
}

/* Changes whenever the peer attaches; 0: it never did. What it says is the peer's word. */
static inline uint32_t amp_channel_peer_generation(const struct amp_channel_end *end)
{
    return amp_load_acquire(&end->tx.peer->generation);
}

/* Whether the peer attached and did not detach in order. One that crashed still counts as attached. */
static inline bool amp_channel_peer_attached(const struct amp_channel_end *end)
{
    return amp_load_acquire(&end->tx.peer->attached) == 1;
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
