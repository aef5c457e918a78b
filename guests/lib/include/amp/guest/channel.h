/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The guest's end of a channel: ring, doorbell out (hypercall) and doorbell in (interrupt). Nothing waits, but for
 * the two amp_guest_channel_wait*. Needs the monitor; without it no channel is found.
 */
#ifndef AMP_GUEST_CHANNEL_H
#define AMP_GUEST_CHANNEL_H

#include "amp/abi/info_page.h"
#include "amp/ring/channel.h"

#ifdef __cplusplus
extern "C" {
#endif

struct amp_guest_channel {
    struct amp_channel_end end;
    const struct amp_info_channel *info;
    uint32_t index; /* the number that the doorbell hypercall takes */
    volatile uint32_t rung_count; /* doorbells that came in */
};

/* By name; NULL: the first one. False: there is none, or its memory is no channel. */
bool amp_guest_channel_open(struct amp_guest_channel *channel, const char *name);
void amp_guest_channel_close(struct amp_guest_channel *channel);

/* One message; rings if the peer waits for it. AMP_RING_OK, _FULL, _TOO_LONG, _PEER_CORRUPT. */
int amp_guest_channel_send(struct amp_guest_channel *channel, const void *message, uint32_t length);
/*
 * One message. AMP_RING_OK, _EMPTY, _TOO_SMALL, _PEER_CORRUPT. After the last all unread is dropped already, so that the next
 * call starts clean.
 */
int amp_guest_channel_receive(struct amp_guest_channel *channel, void *buffer, uint32_t capacity, uint32_t *length);

/* Sleeps until there is a message or the peer did something impossible. Interrupt handlers run meanwhile. */
void amp_guest_channel_wait(struct amp_guest_channel *channel);
/* Sleeps until a message of `length` bytes fits, or never will. */
void amp_guest_channel_wait_space(struct amp_guest_channel *channel, uint32_t length);
/* Rings whether the peer waits or not. */
void amp_guest_channel_ring(struct amp_guest_channel *channel);

#ifdef __cplusplus
}
#endif
#endif
