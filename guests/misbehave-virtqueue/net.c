// SPDX-License-Identifier: GPL-2.0-only
// The network device: an honest question (ARP, RFC 826) that dom0 answers, and attacks of its own (virtio 1.2, 5.1).
#include "net.h"

#include <string.h>

#define QUESTIONS 20u
/* CSUM, HOST_TSO4, HOST_TSO6, HOST_ECN */
#define FEATURES (1ull << 0 | 1ull << 11 | 1ull << 12 | 1ull << 13)
/* and GUEST_CSUM, GUEST_TSO4, GUEST_TSO6, GUEST_ECN, MRG_RXBUF */
#define FEATURES_MERGE (FEATURES | 1ull << 1 | 1ull << 7 | 1ull << 8 | 1ull << 9 | 1ull << 15)

uint8_t dom0_hardware[6];

void put_ipv4(uint8_t *place, uint32_t address)
{
    for (unsigned i = 0; i < 4; i++)
        place[i] = (uint8_t)(address >> (24 - 8 * i));
}

uint32_t dom0_address(void) { return (uint32_t)amp_bootarg_number("dom0", 0); }

/* Who has dom0's address? Asked from the address 200 further. */
void make_question(uint8_t *frame)
{
    static const uint8_t start[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0x77, 0x77, 0x08, 0x06,
                                     0, 1, 0x08, 0, 6, 4, 0, 1, 0x02, 0, 0, 0, 0x77, 0x77 };

    memset(frame, 0, ARP_SIZE);
    memcpy(frame, start, sizeof(start));
    put_ipv4(frame + 28, dom0_address() + 199);
    put_ipv4(frame + 38, dom0_address());
}

static bool is_answer(const uint8_t *frame)
{
    uint8_t sender[4];

    put_ipv4(sender, dom0_address());
    return frame[12] == 0x08 && frame[13] == 0x06 && frame[21] == 2 && memcmp(frame + 28, sender, sizeof(sender)) == 0;
}

static void offer_receive(const struct device *device)
{
    describe(&queues[RECEIVE].descriptors[0], address_of(RECEIVED), RECEIVED_SIZE, WRITE, 0);
    queue_offer(&queues[RECEIVE], 0);
    notify(device, RECEIVE);
}

/* Frames of others may come before it. */
static bool wait_answer(const struct device *device)
{
    uint64_t end = deadline_in(500);

    while (amp_timer_now() < end) {
        if (!queue_is_idle(&queues[RECEIVE])) {
            nap(200);
            continue;
        }
        if (is_answer(RECEIVED + HEADER)) {
            memcpy(dom0_hardware, RECEIVED + HEADER + 22, sizeof(dom0_hardware));
            return true;
        }
        offer_receive(device);
    }
    return false;
}

void offer_frame(const struct device *device, uint32_t length)
{
    describe(&queues[TRANSMIT].descriptors[0], address_of(buffer), length, 0, 0);
    queue_offer(&queues[TRANSMIT], 0);
    notify(device, TRANSMIT);
}

bool ask(const struct device *device, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        memset(buffer, 0, HEADER);
        make_question(buffer + HEADER);
        offer_frame(device, HEADER + ARP_SIZE);
        if (!wait_idle(&queues[TRANSMIT]))
            return false;
    }
    return true;
}

/* What is in the transmit queue may still be on its way: the next time is soon enough. */
static void provoke(struct device *device)
{
    if (queue_is_idle(&queues[TRANSMIT]))
        (void)ask(device, 1);
}

static bool honest(struct device *device)
{
    memset(RECEIVED, 0, RECEIVED_SIZE);
    offer_receive(device);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        if (!ask(device, 1))
            return false;
        if (wait_answer(device))
            return true;
    }
    return false;
}

static bool send_size(struct device *device, uint32_t length)
{
    memset(buffer, 0, HEADER);
    make_question(buffer + HEADER);
    offer_frame(device, length);
    return true;
}

static bool header_short(struct device *device) { return send_size(device, HEADER - 1); }
static bool frame_empty(struct device *device) { return send_size(device, HEADER); }
static bool frame_of_1(struct device *device) { return send_size(device, HEADER + 1); }
static bool frame_of_13(struct device *device) { return send_size(device, HEADER + 13); }
static bool frame_of_70000(struct device *device) { return send_size(device, HEADER + 70000); }
static bool frame_of_65535(struct device *device) { return send_size(device, HEADER + 65535); }

/* A frame of IPv4 and TCP as far as its first bytes say, behind a header full of nonsense. */
static bool send_header(struct device *device, struct net_header header, uint32_t length)
{
    uint8_t *frame = buffer + HEADER;

    make_question(frame);
    memset(frame, 0xff, 6);
    frame[13] = 0; /* IPv4 */
    frame[14] = 0x45;
    frame[23] = 6;
    memcpy(buffer, &header, sizeof(header));
    offer_frame(device, HEADER + length);
    return wait_idle(&queues[TRANSMIT]);
}

static bool each_gso_type(struct device *device)
{
    for (unsigned type = 0; type < 256; type++) {
        if (!send_header(device, (struct net_header){ 1, (uint8_t)type, 54, 1, 34, 16, 0 }, 1400))
            return false;
    }
    return true;
}

static bool gso_size_0(struct device *device)
{
    return send_header(device, (struct net_header){ 1, 1, 54, 0, 34, 16, 0 }, 1400);
}
static bool gso_size_1(struct device *device)
{
    return send_header(device, (struct net_header){ 1, 1, 54, 1, 34, 16, 0 }, 60000);
}
static bool gso_size_max(struct device *device)
{
    return send_header(device, (struct net_header){ 1, 1, 54, 0xffff, 34, 16, 0 }, 1400);
}
static bool header_length_max(struct device *device)
{
    return send_header(device, (struct net_header){ 0, 1, 0xffff, 1400, 0, 0, 0 }, 1400);
}
static bool csum_beyond(struct device *device)
{
    return send_header(device, (struct net_header){ 1, 0, 0, 0, 0xffff, 0xffff, 0 }, 1400) &&
           send_header(device, (struct net_header){ 1, 0, 0, 0, 1399, 16, 0 }, 1400) &&
           send_header(device, (struct net_header){ 1, 0, 0, 0, 34, 0xfffe, 0 }, 1400);
}
static bool all_ones(struct device *device)
{
    return send_header(device, (struct net_header){ 0xff, 0xff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff }, 1400);
}

static const struct attack list[] = {
    { "header-short", ANSWERED, header_short, OURS_ALONE },     { "frame-empty", ANSWERED, frame_empty, 0 },
    { "frame-of-1", ANSWERED, frame_of_1, 0 },         { "frame-of-13", ANSWERED, frame_of_13, 0 },
    { "frame-of-65535", ANSWERED, frame_of_65535, 0 }, { "frame-of-70000", ANSWERED, frame_of_70000, 0 },
    { "each-gso-type", ANSWERED, each_gso_type, 0 },   { "gso-size-0", ANSWERED, gso_size_0, 0 },
    { "gso-size-1", ANSWERED, gso_size_1, 0 },         { "gso-size-max", ANSWERED, gso_size_max, 0 },
    { "header-length-max", ANSWERED, header_length_max, 0 }, { "csum-beyond", ANSWERED, csum_beyond, 0 },
    { "header-all-ones", ANSWERED, all_ones, 0 },
};
ATTACKS(net_attacks, list);
const struct kind net_kind = {
    .id = ID_NET, .name = "net", .queue_count = 2, .attacked = TRANSMIT, .features = FEATURES, .honest = honest,
};
const struct kind net_receive_kind = {
    .id = ID_NET, .name = "net-receive", .queue_count = 2, .attacked = RECEIVE, .receives = true, .features = FEATURES,
    .honest = honest, .provoke = provoke,
};
const struct kind net_merge_kind = {
    .id = ID_NET, .name = "net-merge", .queue_count = 2, .attacked = RECEIVE, .receives = true, .features = FEATURES_MERGE,
    .honest = honest, .provoke = provoke,
};
