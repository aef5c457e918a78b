// SPDX-License-Identifier: GPL-2.0-only
// The socket device: honest requests, and attacks of its own with packets that lie (virtio 1.2, 5.10). dom0 has an echo on port
// 1024; on port 7 nobody listens, which it says by a reset.
#include "attack.h"

#include <string.h>

#define RECEIVE 0u
#define TRANSMIT 1u
#define EVENT 2u
#define DOM0 2u
#define NOBODY 7u
#define ECHO 1024u
#define RECEIVED (buffer + 0x14000)
#define RECEIVED_SIZE 2048u
#define HEADS 8u
#define ATTEMPTS 5u

enum { STREAM = 1, SEQPACKET = 2 };
enum { REQUEST = 1, RESPONSE = 2, RST = 3, SHUTDOWN = 4, RW = 5, CREDIT_UPDATE = 6, CREDIT_REQUEST = 7 };

struct packet {
    uint64_t source, destination;
    uint32_t source_port, destination_port, length;
    uint16_t type, operation;
    uint32_t flags, credit, forward;
} __attribute__((packed));
_Static_assert(sizeof(struct packet) == 44, "5.10.6");

static uint32_t port = 5000; /* ours: another for each connection */
static uint16_t taken;       /* of the receive queue */

static struct packet packet_to(const struct device *device, uint32_t to, uint16_t operation)
{
    return (struct packet){ .source = get(device, CONFIG), .destination = DOM0, .source_port = port, .destination_port = to,
                            .type = STREAM, .operation = operation, .credit = 65536 };
}

static void offer_head(const struct device *device, uint16_t head)
{
    describe(&queues[RECEIVE].descriptors[head], address_of(RECEIVED) + head * RECEIVED_SIZE, RECEIVED_SIZE, WRITE, 0);
    queue_offer(&queues[RECEIVE], head);
    notify(device, RECEIVE);
}

static void offer_heads(const struct device *device)
{
    taken = 0;
    for (uint16_t i = 0; i < HEADS; i++)
        offer_head(device, i);
}

/* The next that came in, given back at once: its bytes stay as they are until more than HEADS others have come. */
static const struct packet *take(const struct device *device)
{
    uint32_t head;

    if (queues[RECEIVE].used.index == taken)
        return NULL;
    amp_dsb(); /* the index before what it speaks of */
    head = queues[RECEIVE].used.ring[taken++ % QUEUE_SIZE].head % HEADS;
    offer_head(device, (uint16_t)head);
    return (const void *)(RECEIVED + head * RECEIVED_SIZE);
}

/* Takes what comes in meanwhile: dom0 stops to read where its answers find no room. */
static bool wait_sent(const struct device *device)
{
    uint64_t end = deadline_in(10000);

    while (!queue_is_idle(&queues[TRANSMIT])) {
        if (amp_timer_now() > end)
            return false;
        if (take(device) == NULL)
            nap(200);
    }
    return true;
}

/* `bytes` of buffer with the header at their begin. */
static bool send(const struct device *device, struct packet packet, uint32_t bytes)
{
    memcpy(buffer, &packet, sizeof(packet));
    describe(&queues[TRANSMIT].descriptors[0], address_of(buffer), bytes, 0, 0);
    queue_offer(&queues[TRANSMIT], 0);
    notify(device, TRANSMIT);
    return wait_sent(device);
}

static const struct packet *wait_operation(const struct device *device, uint16_t operation, uint32_t milliseconds)
{
    uint64_t end = deadline_in(milliseconds);

    while (amp_timer_now() < end) {
        const struct packet *packet = take(device);

        if (packet == NULL)
            nap(200);
        else if (packet->destination_port == port && packet->operation == operation)
            return packet;
    }
    return NULL;
}

/* A call to nobody: dom0 refuses it. What the common attacks send afterwards are zeros, from nobody to nobody. */
static bool honest(struct device *device)
{
    bool answered = false;

    offer_heads(device);
    for (unsigned i = 0; i < ATTEMPTS && !answered; i++) {
        struct packet packet;

        port++;
        packet = packet_to(device, NOBODY, REQUEST);
        memcpy(buffer, &packet, sizeof(packet));
        describe(&queues[TRANSMIT].descriptors[0], address_of(buffer), sizeof(packet), 0, 0);
        queue_offer(&queues[TRANSMIT], 0);
        notify(device, TRANSMIT);
        answered = wait_operation(device, RST, 2000) != NULL;
        if (!wait_sent(device))
            return false;
    }
    memset(buffer, 0, 0x2000);
    return answered;
}

static void provoke(struct device *device)
{
    if (queue_is_idle(&queues[TRANSMIT])) {
        struct packet packet = packet_to(device, NOBODY, REQUEST);

        memcpy(buffer, &packet, sizeof(packet));
        describe(&queues[TRANSMIT].descriptors[0], address_of(buffer), sizeof(packet), 0, 0);
        queue_offer(&queues[TRANSMIT], 0);
        notify(device, TRANSMIT);
    }
}

static bool connect_echo(const struct device *device, uint32_t credit)
{
    struct packet packet;

    port++;
    packet = packet_to(device, ECHO, REQUEST);
    packet.credit = credit;
    return send(device, packet, sizeof(packet)) && wait_operation(device, RESPONSE, 5000) != NULL;
}

static bool hang_up(const struct device *device) { return send(device, packet_to(device, ECHO, RST), sizeof(struct packet)); }

/* Text goes there and comes back. */
static bool echo(struct device *device)
{
    static const char text[] = "an honest word";
    struct packet packet;
    const struct packet *answer;

    offer_heads(device);
    if (!connect_echo(device, 65536))
        return false;
    packet = packet_to(device, ECHO, RW);
    packet.length = sizeof(text);
    memcpy(buffer + sizeof(packet), text, sizeof(text));
    if (!send(device, packet, sizeof(packet) + sizeof(text)))
        return false;
    answer = wait_operation(device, RW, 5000);
    if (answer == NULL || memcmp(answer + 1, text, sizeof(text)) != 0)
        return false;
    return hang_up(device);
}

static bool lie(struct device *device, uint32_t length, uint32_t bytes)
{
    struct packet packet = packet_to(device, ECHO, RW);

    offer_heads(device);
    packet.length = length;
    memcpy(buffer, &packet, sizeof(packet));
    describe(&queues[TRANSMIT].descriptors[0], address_of(buffer), bytes, 0, 0);
    offer(device, 0);
    return true;
}

static bool length_more(struct device *device) { return lie(device, 100, sizeof(struct packet) + 99); }
static bool length_all_ones(struct device *device) { return lie(device, 0xffffffff, 4096); }
static bool length_wraps(struct device *device) { return lie(device, 0xffffffd4, 4096); }
static bool length_64k(struct device *device) { return lie(device, 65537, BUFFER_SIZE); }
static bool header_short(struct device *device) { return lie(device, 0, sizeof(struct packet) - 1); }
static bool header_of_1(struct device *device) { return lie(device, 0, 1); }
static bool length_less(struct device *device) { return lie(device, 0, 4096); }

static bool operations(struct device *device)
{
    static const uint16_t types[] = { STREAM, SEQPACKET, 0, 0xffff };

    offer_heads(device);
    for (unsigned i = 0; i < 80; i++) {
        struct packet packet = packet_to(device, i % 3 == 0 ? ECHO : NOBODY, (uint16_t)(i / 4 < 18 ? i / 4 : 0xffff));

        packet.type = types[i % 4];
        packet.flags = i % 5 == 0 ? ~0u : 0;
        if (!send(device, packet, sizeof(packet)))
            return false;
    }
    return true;
}

/* Who it is from and to: none of them may reach anybody's socket, and none is answered. */
static bool addresses(struct device *device)
{
    const uint64_t us = get(device, CONFIG), cids[] = { 0, 1, DOM0, us, us + 1, us + (1ull << 32), 0xffffffff, ~0ull, 1ull << 63 };
    const unsigned count = sizeof(cids) / sizeof(cids[0]);

    offer_heads(device);
    port++;
    for (unsigned i = 0; i < count * count; i++) {
        struct packet packet = packet_to(device, ECHO, REQUEST);

        packet.source = cids[i / count];
        packet.destination = cids[i % count];
        if ((packet.source != us || packet.destination != DOM0) && !send(device, packet, sizeof(packet)))
            return false;
    }
    if (wait_operation(device, RESPONSE, 100) == NULL)
        return true;
    amp_printf("misbehave-virtqueue: dom0 answered a call from somebody else\n");
    return false;
}

static bool ports(struct device *device)
{
    static const uint32_t numbers[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

    offer_heads(device);
    for (unsigned i = 0; i < 36; i++) {
        struct packet packet = packet_to(device, numbers[i % 6], REQUEST);

        packet.source_port = numbers[i / 6];
        if (!send(device, packet, sizeof(packet)))
            return false;
    }
    return true;
}

/* More than dom0 said that it has room for, without waiting: what it does not take it must not keep. */
static bool credit_overdrawn(struct device *device)
{
    offer_heads(device);
    if (!connect_echo(device, 0)) /* no room here: the echo has to keep it */
        return false;
    for (unsigned i = 0; i < 100; i++) {
        struct packet packet = packet_to(device, ECHO, RW);

        packet.length = 0x10000;
        packet.credit = 0;
        if (!send(device, packet, sizeof(packet) + 0x10000))
            return false;
    }
    return hang_up(device);
}

/* Room that comes and goes, bytes received that were never sent. */
static bool credit_lies(struct device *device)
{
    static const uint32_t numbers[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff };

    offer_heads(device);
    if (!connect_echo(device, 0xffffffff))
        return false;
    for (unsigned i = 0; i < 100; i++) {
        struct packet packet = packet_to(device, ECHO, i % 2 != 0 ? RW : i % 4 != 0 ? CREDIT_UPDATE : CREDIT_REQUEST);

        packet.length = i % 2 != 0 ? 1024 : 0;
        packet.credit = numbers[i % 5];
        packet.forward = numbers[i / 5 % 5];
        if (!send(device, packet, sizeof(packet) + packet.length))
            return false;
    }
    return hang_up(device);
}

/* Answers that nobody asked for, shutdowns of what is not there, and a connection that is opened twice. */
static bool out_of_order(struct device *device)
{
    static const uint16_t turns[] = { RESPONSE, SHUTDOWN, RW, REQUEST, REQUEST, RESPONSE, CREDIT_UPDATE, SHUTDOWN, REQUEST, RST, RW, RST };

    offer_heads(device);
    for (unsigned round = 0; round < 4; round++) {
        port++;
        for (unsigned i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
            struct packet packet = packet_to(device, ECHO, turns[i]);

            packet.flags = i; /* of a shutdown: either way, both, neither */
            if (!send(device, packet, sizeof(packet)))
                return false;
        }
    }
    return hang_up(device);
}

static bool storm(struct device *device, unsigned count, uint32_t to, uint16_t operation)
{
    for (unsigned i = 0; i < count; i++) {
        struct packet packet = packet_to(device, to, operation);

        packet.source_port = 0x10000 + i;
        if (!send(device, packet, sizeof(packet)))
            return false;
    }
    return true;
}

static bool reset_storm(struct device *device)
{
    offer_heads(device);
    return storm(device, 500, ECHO, RST);
}

static bool refused_storm(struct device *device)
{
    offer_heads(device);
    return storm(device, 300, NOBODY, REQUEST);
}

/* More callers than the echo takes, and all hang up. */
static bool call_storm(struct device *device)
{
    offer_heads(device);
    return storm(device, 60, ECHO, REQUEST) && storm(device, 60, ECHO, RST);
}

/* Each call has an answer, for which there is no room: dom0 has to stop reading, not to keep them all. */
static bool answers_without_room(struct device *device)
{
    for (unsigned round = 0; round < 8; round++) {
        for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
            struct packet packet = packet_to(device, NOBODY, REQUEST);

            memcpy(buffer + i * sizeof(packet), &packet, sizeof(packet));
            describe(&queues[TRANSMIT].descriptors[i], address_of(buffer) + i * sizeof(packet), sizeof(packet), 0, 0);
            queue_offer(&queues[TRANSMIT], i);
        }
        notify(device, TRANSMIT);
        nap(20000);
        if (!queue_is_idle(&queues[TRANSMIT]))
            return true;
    }
    amp_printf("misbehave-virtqueue: dom0 keeps more answers than the queue is long\n");
    return false;
}

static bool receive_too_small(struct device *device)
{
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&queues[RECEIVE].descriptors[i], address_of(RECEIVED), i * 4u, WRITE, 0);
        queue_offer(&queues[RECEIVE], i);
    }
    notify(device, RECEIVE);
    provoke(device);
    nap(20000);
    return true;
}

static const struct attack list[] = {
    { "echo", ANSWERED, echo, 0 },
    { "length-more", BREAKS, length_more, 0 },         { "length-2^32", BREAKS, length_all_ones, 0 },
    { "length-wraps", BREAKS, length_wraps, 0 },       { "length-64k", BREAKS, length_64k, 0 },
    { "header-short", BREAKS, header_short, 0 },       { "header-of-1", BREAKS, header_of_1, 0 },
    { "length-less", ANSWERED, length_less, 0 },       { "operations", ANSWERED, operations, 0 },
    { "addresses", ANSWERED, addresses, 0 },           { "ports", ANSWERED, ports, 0 },
    { "credit-overdrawn", ANSWERED, credit_overdrawn, 0 }, { "credit-lies", ANSWERED, credit_lies, 0 },
    { "out-of-order", ANSWERED, out_of_order, 0 },     { "reset-storm", ANSWERED, reset_storm, 0 },
    { "refused-storm", ANSWERED, refused_storm, 0 },   { "call-storm", ANSWERED, call_storm, 0 },
    { "answers-without-room", EITHER, answers_without_room, 0 }, { "receive-too-small", EITHER, receive_too_small, 0 },
    { "echo-again", ANSWERED, echo, 0 },
};
ATTACKS(vsock_attacks, list);

#define FEATURES (1ull << 1) /* SEQPACKET */
const struct kind vsock_kind = {
    .id = ID_VSOCK, .name = "vsock", .queue_count = 3, .attacked = TRANSMIT, .features = FEATURES, .honest = honest,
};
const struct kind vsock_receive_kind = {
    .id = ID_VSOCK, .name = "vsock-receive", .queue_count = 3, .attacked = RECEIVE, .receives = true, .features = FEATURES,
    .honest = honest, .provoke = provoke,
};
const struct kind vsock_event_kind = {
    .id = ID_VSOCK, .name = "vsock-event", .queue_count = 3, .attacked = EVENT, .receives = true, .features = FEATURES,
    .honest = honest,
};
