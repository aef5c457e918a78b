/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The ring's algorithm: sending (struct amp_tx) and receiving (struct amp_rx) messages over the memory that
 * include/amp/abi/ring.h lays out. One caller at a time per amp_tx and per amp_rx; both may be used at once. Nothing here
 * waits, allocates, rings a doorbell (doorbell.h says when) or trusts a word that the peer can write: each is loaded once,
 * and that copy is checked.
 */
#ifndef AMP_RING_SPSC_H
#define AMP_RING_SPSC_H

#include "amp/abi/ring.h"
#include "amp/ring/order.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* X(NAME, number, text): what a call answers. The first three are everyday answers, not errors. */
/* clang-format off */
#define AMP_RING_STATUS_LIST(X) \
    X(OK,           0, "done") \
    X(EMPTY,        1, "no message") \
    X(FULL,         2, "no space now") \
    X(TOO_LONG,     3, "message longer than the ring ever takes") \
    X(TOO_SMALL,    4, "buffer smaller than the message, which stays") \
    X(PEER_CORRUPT, 5, "the peer's index or record is impossible") \
    X(NOT_RESERVED, 6, "commit of more than was reserved") \
    X(BAD_MEMORY,   7, "channel size, alignment or side is impossible") \
    X(BAD_HEADER,   8, "no channel of this size and ABI version there")
/* clang-format on */
#define AMP_RING_STATUS_CONSTANT(name, number, text) AMP_RING_##name = number,
enum amp_ring_status { AMP_RING_STATUS_LIST(AMP_RING_STATUS_CONSTANT) };

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
    uint32_t usual;    /* record bytes of the message before: amp_rx_guessed */
    uint32_t rung;     /* doorbell.h: `consumed` when need_doorbell was asked last */
    uint32_t resync_generation; /* the peer's generation for which `start` was followed */
    uint64_t received_count, corrupt_count, resync_count, doorbell_count;
};

static inline uint32_t amp_record_size(uint32_t length)
{
    return (uint32_t)sizeof(struct amp_record) + ((length + AMP_RECORD_ALIGN - 1u) & ~(AMP_RECORD_ALIGN - 1u));
}

/* An instruction or two where the compiler knows the length; an empty message may come with no address. */
static inline void amp_ring_copy(void *to, const void *from, uint32_t length)
{
    if (length != 0)
        memcpy(to, from, length);
}

static inline bool amp_ring_indices_valid(uint32_t produced, uint32_t consumed, uint32_t size)
{
    /* Neither ahead of the other by more than the ring holds, nor inside a record header. */
    return produced - consumed <= size && ((produced | consumed) & (AMP_RECORD_ALIGN - 1u)) == 0;
}

/* ---- sending ---- */

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

static inline void amp_tx_write_record(uint8_t *place, uint32_t length, uint32_t kind)
{
    struct amp_record *record = (struct amp_record *)(void *)place;

    record->length = length;
    record->kind = kind;
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
        amp_tx_write_record(tx->data + (tx->produced & (tx->size - 1u)),
                            tx->padding - (uint32_t)sizeof(struct amp_record), AMP_RECORD_PADDING);
    amp_tx_write_record(tx->data + ((tx->produced + tx->padding) & (tx->size - 1u)), length, AMP_RECORD_MESSAGE);
    tx->produced += tx->padding + amp_record_size(length);
    tx->reserved = 0;
    tx->sent_count++;
    return AMP_RING_OK;
}

/* Everything staged becomes visible by one store; then ask amp_tx_need_doorbell once. Without staged messages it does nothing. */
static inline void amp_tx_publish(struct amp_tx *tx)
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

/* amp_tx_try_stage where the message needs padding, or the peer's index must be looked up. */
static inline int amp_tx_stage_slowly(struct amp_tx *tx, const void *message, uint32_t length)
{
    void *space;
    int status = amp_tx_reserve(tx, length, &space);

    if (status != AMP_RING_OK)
        return status;
    amp_ring_copy(space, message, length);
    return amp_tx_stage(tx, length);
}

/* Copies a message in without publishing it. FULL: publish, ask for the doorbell, wait. */
static inline int amp_tx_try_stage(struct amp_tx *tx, const void *message, uint32_t length)
{
    uint32_t produced = tx->produced, size = tx->size;
    uint32_t offset = produced & (size - 1u);
    uint32_t space = size - (produced - tx->consumed);
    uint32_t need = amp_record_size(length);
    uint8_t *place = tx->data + offset;

    if (length > AMP_RING_MESSAGE_MAX(size) || need > size - offset || need > space)
        return amp_tx_stage_slowly(tx, message, length);
    /* The peer read the lines ahead last: fetching them back takes longer than a short message. Long ones do it themselves. */
    if (length <= 1024)
        __builtin_prefetch(tx->data + ((produced + need + 256) & (size - 1u)), 1);
    tx->produced = produced + need;
    tx->reserved = 0;
    tx->sent_count++;
    amp_tx_write_record(place, length, AMP_RECORD_MESSAGE);
    amp_ring_copy(place + sizeof(struct amp_record), message, length);
    return AMP_RING_OK;
}

static inline int amp_tx_try_send(struct amp_tx *tx, const void *message, uint32_t length)
{
    int status = amp_tx_try_stage(tx, message, length);

    if (status == AMP_RING_OK)
        amp_tx_publish(tx);
    return status;
}

/* ---- receiving ---- */

/* The space of all messages taken goes back to the sender by one store; then ask amp_rx_need_doorbell once. */
static inline void amp_rx_publish(struct amp_rx *rx)
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
    /* Acquire, partner: release in amp_tx_commit. */
    produced = amp_load_acquire(&rx->peer->produced);
    if (!amp_ring_indices_valid(produced, rx->consumed, rx->size))
        return AMP_RING_PEER_CORRUPT;
    rx->produced = produced;
    return produced != rx->consumed ? AMP_RING_OK : AMP_RING_EMPTY;
}

/* The record at `consumed`, its header loaded once. The peer may still change the bytes; it can't change our copy. */
static inline struct amp_record amp_rx_record(const struct amp_rx *rx)
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
 * The same number, but where it is the usual one it comes from private memory, and a core that predicts the branch goes on to
 * the next record before this one's header has arrived from the peer's cache.
 */
static inline uint32_t amp_rx_guessed(struct amp_rx *rx, uint32_t record_size)
{
    uint32_t usual = rx->usual;

    if (record_size != usual) {
        rx->usual = record_size;
        return record_size;
    }
    __asm__("" : "+r"(usual)); /* else the compiler, who knows that they are the same, takes the other one */
    return usual;
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
    rx->peeked = amp_rx_guessed(rx, amp_record_size(record.length));
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

/*
 * The next message in place, until amp_rx_release. EMPTY, or PEER_CORRUPT (counted). A hostile peer can change the bytes
 * while they are looked at: check a copy, or use amp_rx_try_receive.
 */
static inline int amp_rx_peek(struct amp_rx *rx, const void **message, uint32_t *length)
{
    int status = amp_rx_find(rx, message, length);

    if (status != AMP_RING_PEER_CORRUPT)
        return status;
    rx->corrupt_count++;
    return amp_rx_follow_start(rx) ? amp_rx_find(rx, message, length) : status;
}

/*
 * Steps behind the peeked message, so that the next peek finds the one after it; its bytes stay until amp_rx_publish gives all
 * that was taken back. Without a peek before it does nothing. A receiver that dies before amp_rx_publish gets them again.
 */
static inline void amp_rx_take(struct amp_rx *rx)
{
    rx->received_count += rx->peeked != 0;
    rx->consumed += rx->peeked;
    rx->peeked = 0;
}

/* Take and publish: gives the peeked message's space back to the sender, and that of all taken before it. */
static inline void amp_rx_release(struct amp_rx *rx)
{
    if (rx->peeked == 0)
        return;
    amp_rx_take(rx);
    amp_rx_publish(rx);
}

/* Most receivers' messages have one size, which the compiler may know. */
static inline void amp_rx_copy(void *buffer, const void *message, uint32_t length, uint32_t capacity)
{
    if (length == capacity)
        amp_ring_copy(buffer, message, capacity);
    else
        amp_ring_copy(buffer, message, length);
}

/* amp_rx_try_take where the peer's index must be looked up, padding lies ahead, or something is wrong. */
static inline int amp_rx_take_slowly(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
{
    const void *message;
    int status = amp_rx_peek(rx, &message, length);

    if (status != AMP_RING_OK)
        return status;
    if (*length > capacity)
        return AMP_RING_TOO_SMALL;
    amp_rx_copy(buffer, message, *length, capacity);
    amp_rx_take(rx);
    return AMP_RING_OK;
}

/* Copies the next message out and takes it. On TOO_SMALL `length` tells its length and it stays. */
static inline int amp_rx_try_take(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
{
    uint32_t consumed = rx->consumed, size = rx->size;
    uint32_t available = rx->produced - consumed;
    uint32_t offset = consumed & (size - 1u);
    const uint8_t *place = rx->data + offset;
    struct amp_record record;
    uint32_t need;

    if (available == 0)
        return amp_rx_take_slowly(rx, buffer, capacity, length);
    record = amp_rx_record(rx);
    need = amp_record_size(record.length);
    /* All that amp_rx_find checks, on the same copy. */
    if (record.kind != AMP_RECORD_MESSAGE || record.length > AMP_RING_MESSAGE_MAX(size) || record.length > capacity ||
        need > available || need > size - offset)
        return amp_rx_take_slowly(rx, buffer, capacity, length);
    *length = record.length;
    rx->consumed = consumed + amp_rx_guessed(rx, need);
    rx->received_count++;
    rx->peeked = 0;
    amp_rx_copy(buffer, place + sizeof(struct amp_record), record.length, capacity);
    return AMP_RING_OK;
}

/* Copies the next message out and gives its space back. */
static inline int amp_rx_try_receive(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
{
    int status = amp_rx_try_take(rx, buffer, capacity, length);

    if (status == AMP_RING_OK)
        amp_rx_publish(rx);
    return status;
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
