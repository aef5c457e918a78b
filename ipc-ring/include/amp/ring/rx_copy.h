/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Receiving by copy: the short path for a message of the usual length, and the way out of it to rx_find.h for all else.
 */
#ifndef AMP_RING_RX_COPY_H
#define AMP_RING_RX_COPY_H

#include "amp/ring/rx_peek.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* Most receivers' messages have one size, which the compiler may know. */
AMP_RING_SHORT void amp_rx_copy(void *buffer, const void *message, uint32_t length, uint32_t capacity)
{
    if (length == capacity)
        amp_ring_copy(buffer, message, capacity);
    else
        amp_ring_copy(buffer, message, length);
}

/* Where the length changes, the peer's index must be looked up, padding lies ahead, or something is wrong. */
AMP_RING_LONG int amp_rx_take_slowly(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
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

/*
 * Whether it went the short way: the message is as long as the last one. That one passed amp_rx_find, so only where this one lies
 * is left to check; and all of that is known before the header has come from the peer's cache.
 */
AMP_RING_SHORT bool amp_rx_take_quickly(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
{
    uint32_t consumed = rx->consumed, usual = rx->usual_length, need = rx->usual_size;
    uint32_t offset = consumed & (rx->size - 1u);
    const uint8_t *place = rx->data + offset;
    struct amp_record record;

    if (need > rx->produced - consumed || need > rx->size - offset || usual > capacity)
        return false;
    record = amp_rx_record(rx);
    if (record.length != usual || record.kind != AMP_RECORD_MESSAGE)
        return false;
    *length = usual;
    rx->consumed = consumed + need;
    rx->received_count++;
    rx->peeked = 0;
    amp_rx_copy(buffer, place + sizeof(struct amp_record), usual, capacity);
    return true;
}

/* Copies the next message out and takes it. On TOO_SMALL `length` tells its length and it stays. */
AMP_RING_SHORT int amp_rx_try_take(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
{
    return amp_rx_take_quickly(rx, buffer, capacity, length) ? AMP_RING_OK : amp_rx_take_slowly(rx, buffer, capacity, length);
}

/* Copies the next message out and gives its space back. */
AMP_RING_SHORT int amp_rx_try_receive(struct amp_rx *rx, void *buffer, uint32_t capacity, uint32_t *length)
{
    if (!amp_rx_take_quickly(rx, buffer, capacity, length)) {
        int status = amp_rx_take_slowly(rx, buffer, capacity, length);

        if (status != AMP_RING_OK)
            return status;
    }
    amp_rx_publish(rx);
    return AMP_RING_OK;
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
