/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The guest's end of channel measurements and restart tests: does what each message asks for (message.h), polling or sleeping.
 * With the boot argument drive=N it asks itself: N round trips, then streams, with another ring-bench on its first channel.
 */
#include <stddef.h>
#include <string.h>

#include "amp/guest/guest.h"
#include "drive.h"
#include "message.h"

static struct amp_guest_channel channel;
static union {
    struct bench_message head;
    uint8_t bytes[BENCH_MESSAGE_MAX];
} answer;
static bool polling;
static uint64_t sunk;

/* Waits for space as long as it takes: whoever asked may have died, and his next life takes the answer. */
static void send(const void *message, uint32_t length)
{
    while (amp_guest_channel_send(&channel, message, length) == AMP_RING_FULL)
        if (!polling)
            amp_guest_channel_wait_space(&channel, length);
}

static void answer_head(const struct bench_message *head, uint64_t sequence)
{
    answer.head = *head;
    answer.head.sequence = sequence;
    answer.head.generation = channel.end.generation;
    send(&answer, sizeof(answer.head));
}

/* As many as fit by one store and one doorbell. */
static void source(uint32_t count, uint32_t length)
{
    answer.head.command = BENCH_SOURCE;
    for (uint32_t sent = 0; sent < count;) {
        answer.head.sequence = sent;
        if (amp_tx_try_stage(&channel.end.tx, &answer, length) == AMP_RING_OK && ++sent % 32 != 0)
            continue;
        amp_tx_publish(&channel.end.tx);
        if (amp_tx_need_doorbell(&channel.end.tx))
            amp_guest_channel_ring(&channel);
        if (!polling)
            amp_guest_channel_wait_space(&channel, length);
    }
    amp_tx_publish(&channel.end.tx);
    if (amp_tx_need_doorbell(&channel.end.tx))
        amp_guest_channel_ring(&channel);
}

/* The message may change under us: only its copied head decides. */
static void serve(const void *message, uint32_t length)
{
    struct bench_message head;

    if (length < sizeof(head) || length > BENCH_MESSAGE_MAX)
        return;
    memcpy(&head, message, sizeof(head));
    switch (head.command) {
    case BENCH_ECHO:
        send(message, length);
        break;
    case BENCH_SINK:
        sunk++;
        break;
    case BENCH_LAST:
        answer_head(&head, sunk + 1);
        sunk = 0;
        break;
    case BENCH_SOURCE:
        if (head.length >= sizeof(head) && head.length <= BENCH_MESSAGE_MAX)
            source(head.count, head.length);
        break;
    case BENCH_POLL:
    case BENCH_SLEEP:
        polling = head.command == BENCH_POLL;
        answer_head(&head, head.sequence);
        break;
    case BENCH_STAMP:
        amp_isb();
        head.stamp = AMP_SYSREG_READ(cntpct_el0);
        answer_head(&head, head.sequence);
        break;
    case BENCH_SEQUENCE:
        answer_head(&head, head.sequence);
        break;
    default:
        amp_printf("ring-bench: no such command: %u\n", head.command);
    }
}

/* Up to 32 messages, then their space goes back at once. */
static void serve_some(void)
{
    const void *message;
    uint32_t length;
    int status = AMP_RING_OK;

    for (int i = 0; i < 32 && (status = amp_rx_peek(&channel.end.rx, &message, &length)) == AMP_RING_OK; i++) {
        serve(message, length);
        amp_rx_take(&channel.end.rx);
    }
    if (status != AMP_RING_OK && status != AMP_RING_EMPTY) {
        amp_printf("ring-bench: ring status %d\n", status);
        amp_rx_resync(&channel.end.rx);
    }
    if (channel.end.rx.published != channel.end.rx.consumed)
        amp_rx_publish(&channel.end.rx);
    if (amp_rx_need_doorbell(&channel.end.rx))
        amp_guest_channel_ring(&channel);
    if (status == AMP_RING_EMPTY && !polling)
        amp_guest_channel_wait(&channel);
}

int main(void)
{
    uint32_t trips = (uint32_t)amp_bootarg_number("drive", 0);

    if (!amp_guest_channel_open(&channel, NULL)) {
        amp_printf("ring-bench: FAIL: no channel\n");
        return 1;
    }
    if (trips != 0) {
        drive(&channel, trips);
        return 0;
    }
    amp_printf("ring-bench: ready, generation %u\n", channel.end.generation);
    for (;;)
        serve_some();
}
