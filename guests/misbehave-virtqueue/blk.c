// SPDX-License-Identifier: GPL-2.0-only
// The block device: honest requests, and attacks of its own (virtio 1.2, 5.2).
#include "attack.h"

#include <string.h>

#define SECTOR 512u
#define READ_BYTES 0x10000u
#define FEATURES (1ull << 9 | 1ull << 13 | 1ull << 14) /* FLUSH, DISCARD, WRITE_ZEROES */

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11, WRITE_ZEROES = 13 };
enum { OK = 0, IOERR = 1, UNSUPP = 2, UNTOUCHED = 0xaa };

struct header {
    uint32_t type, reserved;
    uint64_t sector;
};
struct segment {
    uint64_t sector;
    uint32_t sectors, flags;
};

static struct header header;
static volatile uint8_t status;

/* Header, data, status. `flags`: of the data. */
static void describe_request(struct device *device, uint32_t type, uint64_t sector, uint32_t length, unsigned flags)
{
    volatile struct descriptor *descriptors = device->queue->descriptors;

    header = (struct header){ type, 0, sector };
    status = UNTOUCHED;
    describe(&descriptors[0], address_of(&header), sizeof(header), NEXT, length != 0 ? 1 : 2);
    describe(&descriptors[1], address_of(buffer), length, NEXT | flags, 2);
    describe(&descriptors[2], address_of(&status), 1, WRITE, 0);
}

static bool status_is(struct device *device, uint8_t wanted)
{
    offer(device, 0);
    if (!wait_idle(device->queue))
        return false;
    if (status == wanted)
        return true;
    amp_printf("misbehave-virtqueue: the disk's answer is %u, not %u\n", status, wanted);
    return false;
}

static bool request(struct device *device, uint32_t type, uint64_t sector, uint32_t length, unsigned flags, uint8_t wanted)
{
    describe_request(device, type, sector, length, flags);
    return status_is(device, wanted);
}

static uint64_t capacity(struct device *device)
{
    return get(device, CONFIG) | (uint64_t)get(device, CONFIG + 4) << 32;
}

/* What is written comes back, each time something else. */
static bool honest(struct device *device)
{
    static uint8_t turn;

    memset(buffer, ++turn, SECTOR);
    if (!request(device, OUT, 0, SECTOR, 0, OK))
        return false;
    memset(buffer, 0, SECTOR);
    return request(device, IN, 0, SECTOR, WRITE, OK) && buffer[0] == turn && buffer[SECTOR - 1] == turn;
}

static bool sector_at_end(struct device *device) { return request(device, IN, capacity(device), SECTOR, WRITE, IOERR); }
static bool sector_across(struct device *device) { return request(device, OUT, capacity(device) - 1, 2 * SECTOR, 0, IOERR); }
static bool sector_wraps(struct device *device) { return request(device, OUT, ~0ull, SECTOR, 0, IOERR); }
static bool bytes_wrap(struct device *device) { return request(device, IN, 1ull << 55, SECTOR, WRITE, IOERR); }
static bool read_unaligned(struct device *device) { return request(device, IN, 0, SECTOR - 1, WRITE, IOERR); }
static bool write_unaligned(struct device *device) { return request(device, OUT, 0, SECTOR + 1, 0, IOERR); }
static bool type_unknown(struct device *device) { return request(device, 0x77, 0, SECTOR, WRITE, UNSUPP); }
static bool type_absurd(struct device *device) { return request(device, 0xffffffff, 0, SECTOR, 0, UNSUPP); }
static bool id_without_room(struct device *device) { return request(device, GET_ID, 0, 4, WRITE, IOERR); }
static bool read_nothing(struct device *device) { return request(device, IN, 0, 0, 0, OK); }

static bool zeroing(struct device *device, uint32_t type, struct segment segment, uint32_t length, uint8_t wanted)
{
    memset(buffer, 0, 2 * sizeof(segment));
    memcpy(buffer, &segment, sizeof(segment));
    return request(device, type, 0, length, 0, wanted);
}

static bool discard_beyond(struct device *device)
{
    return zeroing(device, DISCARD, (struct segment){ capacity(device), 1, 0 }, 16, IOERR);
}
static bool discard_all(struct device *device) { return zeroing(device, DISCARD, (struct segment){ 0, ~0u, 0 }, 16, IOERR); }
static bool discard_wraps(struct device *device) { return zeroing(device, DISCARD, (struct segment){ ~0ull, 2, 0 }, 16, IOERR); }
static bool discard_flags(struct device *device) { return zeroing(device, DISCARD, (struct segment){ 0, 1, ~0u }, 16, UNSUPP); }
static bool discard_part(struct device *device) { return zeroing(device, DISCARD, (struct segment){ 0, 1, 0 }, 15, IOERR); }
static bool discard_many(struct device *device) { return zeroing(device, DISCARD, (struct segment){ 0, 1, 0 }, 32, IOERR); }
static bool zero_wraps(struct device *device)
{
    return zeroing(device, WRITE_ZEROES, (struct segment){ 1ull << 63, ~0u, 1 }, 16, IOERR);
}

static bool no_status(struct device *device)
{
    describe_request(device, OUT, 0, SECTOR, 0);
    device->queue->descriptors[1].flags = 0;
    return status_is(device, UNTOUCHED);
}

static bool header_short(struct device *device)
{
    describe_request(device, IN, 0, SECTOR, WRITE);
    device->queue->descriptors[0].length = sizeof(header) - 1;
    return status_is(device, IOERR);
}

static bool status_only(struct device *device)
{
    describe_request(device, IN, 0, 0, 0);
    offer(device, 2);
    return wait_idle(device->queue) && status == IOERR;
}

/* The header is the request's own data, which changes it while it is done. */
static bool header_overwritten(struct device *device)
{
    describe_request(device, IN, 0, SECTOR, WRITE);
    memcpy(buffer, &header, sizeof(header));
    device->queue->descriptors[0].address = address_of(buffer);
    return status_is(device, OK);
}

/* The header changes while the request is read: what is checked has to be what is done. */
static bool header_flips(struct device *device)
{
    for (unsigned round = 0; round < 16; round++) {
        describe_request(device, IN, 0, SECTOR, WRITE);
        offer(device, 0);
        for (unsigned i = 0; i < 4000 && !queue_is_idle(device->queue); i++) {
            *(volatile uint64_t *)&header.sector = i % 2 == 0 ? ~0ull : 0;
            *(volatile uint32_t *)&header.type = i % 3 == 0 ? OUT : IN;
        }
        if (!wait_idle(device->queue) || status > IOERR)
            return false;
    }
    return true;
}

/* Reads of all the buffer, as many as there are heads for, cut off by a reset: nothing may be written after it is through. */
static bool reset_in_flight(struct device *device)
{
    static struct header reads[QUEUE_SIZE / 2];

    for (unsigned round = 0; round < 8; round++) {
        for (uint16_t i = 0; i < QUEUE_SIZE / 2; i++) {
            reads[i] = (struct header){ IN, 0, i };
            describe(&device->queue->descriptors[2 * i], address_of(&reads[i]), sizeof(reads[i]), NEXT, 2 * i + 1u);
            describe(&device->queue->descriptors[2 * i + 1], address_of(buffer), READ_BYTES + 1, WRITE, 0); /* and a status */
            queue_offer(device->queue, 2 * i);
        }
        notify(device, 0);
        nap(100 * round + 1); /* so that the reset meets them at one point or another */
        reset(device);
        memset(buffer, 0x5a, BUFFER_SIZE);
        nap(2000);
        for (unsigned i = 0; i < BUFFER_SIZE; i++) {
            if (buffer[i] == 0x5a)
                continue;
            amp_printf("misbehave-virtqueue: byte %u was written after the reset\n", i);
            return false;
        }
        if (!bring_up(device))
            return false;
    }
    return true;
}

static const struct attack list[] = {
    { "sector-at-end", ANSWERED, sector_at_end, 0 },   { "sector-across-end", ANSWERED, sector_across, 0 },
    { "sector-across-2^64", ANSWERED, sector_wraps, 0 }, { "byte-across-2^64", ANSWERED, bytes_wrap, 0 },
    { "read-unaligned", ANSWERED, read_unaligned, 0 }, { "write-unaligned", ANSWERED, write_unaligned, 0 },
    { "type-unknown", ANSWERED, type_unknown, 0 },     { "type-absurd", ANSWERED, type_absurd, 0 },
    { "id-without-room", ANSWERED, id_without_room, 0 }, { "read-nothing", ANSWERED, read_nothing, 0 },
    { "discard-beyond", ANSWERED, discard_beyond, 0 }, { "discard-2^32", ANSWERED, discard_all, 0 },
    { "discard-across-2^64", ANSWERED, discard_wraps, 0 }, { "discard-flags", ANSWERED, discard_flags, 0 },
    { "discard-part", ANSWERED, discard_part, 0 },     { "discard-two", ANSWERED, discard_many, 0 },
    { "zeroes-across-2^64", ANSWERED, zero_wraps, 0 }, { "no-status", ANSWERED, no_status, 0 },
    { "header-short", ANSWERED, header_short, 0 },     { "status-only", ANSWERED, status_only, 0 },
    { "header-overwritten", ANSWERED, header_overwritten, 0 },
    { "header-flips", ANSWERED, header_flips, 0 },
    { "reads-cut-off", ANSWERED, reset_in_flight, 0 },
};
ATTACKS(blk_attacks, list);
const struct kind blk_kind = {
    .id = ID_BLK, .name = "blk", .queue_count = 1, .attacked = 0, .features = FEATURES, .honest = honest,
};
