/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * When to ring: after sending or releasing ask need_doorbell, before waiting arm. How a doorbell rings and how one waits is
 * the caller's business. A side that never arms (because it polls) is never rung; one that is awake is rung at most once per
 * arming, whatever number of messages passes.
 *
 * No wake-up is lost because of two full barriers that pair with each other: the waiter stores its event, then loads the
 * index; the other stores the index, then loads the event. At least one of the two loads sees the other side's store.
 */
#ifndef AMP_RING_DOORBELL_H
#define AMP_RING_DOORBELL_H

#include "amp/ring/spsc.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/* Does an index that moves from `from` to `to` pass the event, that is, leave its position behind? */
static inline bool amp_event_passed(uint32_t event, uint32_t from, uint32_t to)
{
    return (event & AMP_EVENT_ARMED) != 0 && (event & ~AMP_EVENT_ARMED) - from < to - from;
}

/*
 * Ask once after each commit, or once after a batch of them: does the receiver wait for what was committed since the last
 * time this was asked? Also ask once after attaching: the sender's former life may have died between commit and doorbell.
 */
static inline bool amp_tx_need_doorbell(struct amp_tx *tx)
{
    uint32_t from = tx->rung;
    bool need;

    if (from == tx->published)
        return false;
    /* Partner: the full barrier in amp_rx_arm. What we published is out before we look whether the peer waits. */
    amp_full_barrier();
    tx->rung = tx->published;
    need = amp_event_passed(amp_load_relaxed(&tx->peer->data_event), from, tx->rung);
    tx->doorbell_count += need;
    return need;
}

/* The same towards a sender that waits for space; ask after each release or batch of releases. */
static inline bool amp_rx_need_doorbell(struct amp_rx *rx)
{
    uint32_t from = rx->rung;
    bool need;

    if (from == rx->published)
        return false;
    /* Partner: the full barrier in amp_tx_arm. */
    amp_full_barrier();
    rx->rung = rx->published;
    need = amp_event_passed(amp_load_relaxed(&rx->peer->space_event), from, rx->rung);
    rx->doorbell_count += need;
    return need;
}

/* Ask to be rung for the next message. EMPTY: now wait. OK: there is one already. PEER_CORRUPT: don't wait for this peer. */
static inline int amp_rx_arm(struct amp_rx *rx)
{
    amp_store_relaxed(&rx->own->data_event, rx->consumed | AMP_EVENT_ARMED);
    /* Partner: the full barrier in amp_tx_need_doorbell. */
    amp_full_barrier();
    return amp_rx_refresh(rx);
}

static inline void amp_rx_disarm(struct amp_rx *rx)
{
    amp_store_relaxed(&rx->own->data_event, 0);
}

/* Ask to be rung when a message of `length` bytes fits. FULL: now wait. OK: it does. Else TOO_LONG or PEER_CORRUPT. */
static inline int amp_tx_arm(struct amp_tx *tx, uint32_t length)
{
    uint32_t padding, enough;
    int status = amp_tx_ready(tx, length);

    if (status != AMP_RING_FULL)
        return status;
    /* The lowest value of the peer's `consumed` that is enough; the event lies one step before it. */
    (void)amp_tx_fits(tx, amp_record_size(length), &padding);
    enough = tx->produced + padding + amp_record_size(length) - tx->size;
    amp_store_relaxed(&tx->own->space_event, (enough - AMP_RECORD_ALIGN) | AMP_EVENT_ARMED);
    /* Partner: the full barrier in amp_rx_need_doorbell. */
    amp_full_barrier();
    return amp_tx_ready(tx, length);
}

static inline void amp_tx_disarm(struct amp_tx *tx)
{
    amp_store_relaxed(&tx->own->space_event, 0);
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
