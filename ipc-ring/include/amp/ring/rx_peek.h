/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Receiving in place: look at the next message, step behind it, give its space back, singly or for several at once.
 */
#ifndef AMP_RING_RX_PEEK_H
#define AMP_RING_RX_PEEK_H

#include "amp/ring/rx_find.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

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

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
