// SPDX-License-Identifier: GPL-2.0-only
// Attacks with the offloads that a packet's header asks for (virtio 1.2, 5.1.6.2): made-up headers before made-up packets, and
// packets by the book but for the size of their segments. What becomes of a packet is the kernel's business; the queue goes on.
#include "net.h"

#include <string.h>

#define FRAME (buffer + HEADER)
#define ETHERNET 14u
#define LONGEST 65535u /* an IP packet */
#define MADE_UP 300u

enum { GSO_NONE = 0, GSO_TCP4 = 1, GSO_UDP = 3, GSO_TCP6 = 4, GSO_UDP_L4 = 5, GSO_ECN = 0x80 };
enum { NEEDS_CSUM = 1 };

static uint32_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 16);
}

static void put_half(uint8_t *place, uint32_t value)
{
    place[0] = (uint8_t)(value >> 8);
    place[1] = (uint8_t)value;
}

static uint32_t sum_of(const uint8_t *bytes, unsigned count)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < count; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void put_ethernet(bool to_all, uint32_t type)
{
    static const uint8_t us[6] = { 0x02, 0, 0, 0, 0x77, 0x77 };

    memset(FRAME, 0xff, 6);
    if (!to_all)
        memcpy(FRAME, dom0_hardware, 6);
    memcpy(FRAME + 6, us, sizeof(us));
    put_half(FRAME + 12, type);
}

/* IPv4 or IPv6, then TCP or UDP to port 9 of dom0, of `bytes` after Ethernet; sums as a driver leaves them to the device. */
static void make_packet(bool to_all, bool six, uint8_t protocol, uint32_t bytes)
{
    uint8_t *ip = FRAME + ETHERNET, *above = ip + (six ? 40 : 20);

    memset(FRAME, 0, ETHERNET + 128);
    put_ethernet(to_all, six ? 0x86dd : 0x0800);
    if (six) {
        ip[0] = 0x60;
        put_half(ip + 4, bytes - 40);
        ip[6] = protocol;
        ip[7] = 64;
        ip[8] = ip[24] = 0xfe;
        ip[9] = ip[25] = 0x80;
        ip[23] = 1;
        ip[39] = 2;
    } else {
        ip[0] = 0x45;
        put_half(ip + 2, bytes);
        ip[8] = 64;
        ip[9] = protocol;
        put_ipv4(ip + 12, dom0_address() + 199);
        put_ipv4(ip + 16, dom0_address());
        put_half(ip + 10, ~sum_of(ip, 20) & 0xffff);
    }
    put_half(above, 4000);
    put_half(above + 2, 9);
    if (protocol == 6) {
        above[12] = 0x50; /* 20 bytes */
        above[13] = 0x10; /* ACK */
    } else {
        put_half(above + 4, bytes - (six ? 40 : 20));
    }
}

static bool send(struct device *device, struct net_header header, uint32_t frame)
{
    memcpy(buffer, &header, sizeof(header));
    offer_frame(device, HEADER + frame);
    return wait_idle(&queues[TRANSMIT]);
}

static bool made_up(struct device *device)
{
    static const uint16_t sizes[] = { 0, 1, 7, 8, 536, 1448, 0x7fff, 0xffff };
    static const uint16_t places[] = { 0, 1, 13, 14, 34, 54, 1399, 1400, 0x7ffe, 0xfffe, 0xffff };
    static const uint8_t types[] = { GSO_NONE, GSO_TCP4, GSO_UDP, GSO_TCP6, GSO_UDP_L4, GSO_TCP4 | GSO_ECN, GSO_TCP6 | GSO_ECN, 2 };
    static const uint32_t lengths[] = { 14, 15, 34, 54, 60, 100, 1414, LONGEST };
    uint64_t state = 0x1234567890abcdef;

    for (unsigned i = 0; i < MADE_UP; i++) {
        uint32_t length = lengths[next(&state) % 8];
        struct net_header header = {
            (uint8_t)(next(&state) % 4), types[next(&state) % 8], places[next(&state) % 11], sizes[next(&state) % 8],
            places[next(&state) % 11], places[next(&state) % 11], (uint16_t)next(&state),
        };

        /* long ones to dom0 only: in pieces of a byte they would be all that a neighbour on the bridge gets */
        make_packet(next(&state) % 2 != 0 && length != LONGEST, next(&state) % 2 != 0, next(&state) % 2 != 0 ? 6 : 17,
                    length > 100 ? length : 100);
        if (!send(device, header, length))
            return false;
    }
    return true;
}

/* TCP of 64 KiB in segments of so many bytes: to dom0, and to all, so that other guests' interfaces get it, too. */
static bool segments(struct device *device, bool six, uint16_t bytes)
{
    uint16_t ip = six ? 40 : 20, headers = (uint16_t)(ETHERNET + ip + 20);

    for (unsigned i = 0; i < 4; i++) {
        make_packet(i % 2 != 0, six, 6, LONGEST);
        if (!send(device, (struct net_header){ NEEDS_CSUM, six ? GSO_TCP6 : GSO_TCP4, headers, bytes, (uint16_t)(ETHERNET + ip), 16, 0 },
                  ETHERNET + LONGEST))
            return false;
    }
    return true;
}

static bool segments_of_1(struct device *device) { return segments(device, false, 1); }
static bool segments_of_1_six(struct device *device) { return segments(device, true, 1); }
static bool segments_of_7(struct device *device) { return segments(device, false, 7); }
static bool segments_of_0(struct device *device) { return segments(device, false, 0); }
static bool segments_longer(struct device *device) { return segments(device, false, 0xffff); }

/* UDP in fragments, and as datagrams, which nobody offered. */
static bool datagrams(struct device *device)
{
    for (unsigned type = GSO_UDP; type <= GSO_UDP_L4; type++) {
        make_packet(false, false, 17, LONGEST);
        if (!send(device, (struct net_header){ NEEDS_CSUM, (uint8_t)type, 42, 1, 34, 6, 0 }, ETHERNET + LONGEST))
            return false;
    }
    return true;
}

/* The header says IPv4, the frame IPv6, and the other way round; a length in it that the frame does not have. */
static bool versions_differ(struct device *device)
{
    for (unsigned i = 0; i < 4; i++) {
        make_packet(false, i % 2 != 0, 6, 30000);
        if (!send(device, (struct net_header){ NEEDS_CSUM, i % 2 != 0 ? GSO_TCP4 : GSO_TCP6, 54, 1400, 34, 16, 0 },
                  ETHERNET + (i < 2 ? 30000 : 1000)))
            return false;
    }
    return true;
}

/* A frame in as many pieces as there are descriptors, of a byte each, and the header split in the middle. */
static bool in_pieces(struct device *device)
{
    volatile struct descriptor *descriptors = queues[TRANSMIT].descriptors;
    struct net_header header = { NEEDS_CSUM, GSO_TCP4, 54, 1, 34, 16, 0 };

    make_packet(false, false, 6, 1400);
    memcpy(buffer, &header, sizeof(header));
    for (unsigned i = 0; i < QUEUE_SIZE; i++)
        describe(&descriptors[i], address_of(buffer) + i, i + 1 < QUEUE_SIZE ? 1 : 1400, i + 1 < QUEUE_SIZE ? NEXT : 0, i + 1);
    queue_offer(&queues[TRANSMIT], 0);
    notify(device, TRANSMIT);
    return wait_idle(&queues[TRANSMIT]);
}

static const struct attack list[] = {
    { "made-up", ANSWERED, made_up, 0 },               { "segments-of-1", ANSWERED, segments_of_1, 0 },
    { "segments-of-1-ipv6", ANSWERED, segments_of_1_six, 0 }, { "segments-of-7", ANSWERED, segments_of_7, 0 },
    { "segments-of-0", ANSWERED, segments_of_0, 0 },   { "segments-longer", ANSWERED, segments_longer, 0 },
    { "datagrams", ANSWERED, datagrams, 0 },           { "versions-differ", ANSWERED, versions_differ, 0 },
    { "in-pieces", ANSWERED, in_pieces, 0 },
};
ATTACKS(net_offload_attacks, list);
