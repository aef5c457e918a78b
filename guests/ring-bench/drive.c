/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The asking half of ring-bench, between two guests: every answer is checked, times are of the architectural counter. */
#include "drive.h"

#include <stddef.h>
#include <string.h>

#include "amp/guest/guest.h"
#include "message.h"

static struct amp_guest_channel *channel;
static bool polling;
static union {
    struct bench_message head;
    uint8_t bytes[BENCH_MESSAGE_MAX];
} message;

static void send(uint32_t length)
{
    while (amp_guest_channel_send(channel, &message, length) == AMP_RING_FULL)
        if (!polling)
            amp_guest_channel_wait_space(channel, length);
}

static void receive(uint32_t command, uint64_t sequence)
{
    uint32_t length = 0;
    int status;

    while ((status = amp_guest_channel_receive(channel, &message, sizeof(message), &length)) == AMP_RING_EMPTY)
        if (!polling)
            amp_guest_channel_wait(channel);
    if (status != AMP_RING_OK || message.head.command != command || message.head.sequence != sequence)
        amp_printf("ring-bench: FAIL: status %d, command %u, sequence %lu instead of %lu\n", status, message.head.command,
                   (unsigned long)message.head.sequence, (unsigned long)sequence);
}

static void ask(uint32_t command, uint32_t length, uint64_t sequence)
{
    message.head.command = command;
    message.head.sequence = sequence;
    send(length);
}

static uint64_t nanoseconds(uint64_t since)
{
    return (amp_timer_now() - since) * (1000000000u / amp_timer_frequency());
}

static void round_trips(uint32_t trips, uint32_t mode)
{
    uint64_t start;

    ask(mode, sizeof(message.head), 0);
    receive(mode, 0);
    polling = mode == BENCH_POLL;
    start = amp_timer_now();
    for (uint32_t i = 0; i < trips; i++) {
        ask(BENCH_ECHO, 64, i);
        receive(BENCH_ECHO, i);
    }
    amp_printf("ring-bench: guest to guest, %s: %lu ns a round trip of 64 bytes\n", polling ? "polling" : "sleeping",
               (unsigned long)(nanoseconds(start) / trips));
}

static void stream(uint32_t count, uint32_t length)
{
    uint64_t start = amp_timer_now(), ns;

    for (uint32_t i = 1; i < count; i++)
        ask(BENCH_SINK, length, i);
    ask(BENCH_LAST, length, count);
    receive(BENCH_LAST, count);
    ns = nanoseconds(start);
    amp_printf("ring-bench: guest to guest, messages of %u bytes: %lu ns each, %lu MB/s\n", length, (unsigned long)(ns / count),
               (unsigned long)((uint64_t)count * length * 1000 / ns));
}

void drive(struct amp_guest_channel *with, uint32_t trips)
{
    channel = with;
    round_trips(trips, BENCH_SLEEP);
    round_trips(trips, BENCH_POLL);
    stream(trips, 64);
    stream(trips, 1024);
    stream(trips, 0x4000);
    amp_printf("ring-bench: done\n");
}
