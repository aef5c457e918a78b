// SPDX-License-Identifier: GPL-2.0-only
// Attacks with indirect tables (virtio 1.2, 2.7.5.3).
#include "attack.h"

#define ENTRIES_MAX 1024u /* the longest table that the device takes */

static struct descriptor table[ENTRIES_MAX + 1] __attribute__((aligned(16)));

static bool offer_table(struct device *device, uint64_t address, uint32_t length, unsigned flags)
{
    describe(&device->queue->descriptors[0], address, length, INDIRECT | flags, 1);
    describe(&device->queue->descriptors[1], address_of(buffer), 64, WRITE, 0);
    offer(device, 0);
    return true;
}

/* A chain of so many entries, each of `bytes`. */
static void fill_table(unsigned entries, uint64_t address, uint32_t bytes)
{
    for (unsigned i = 0; i < entries; i++)
        describe(&table[i], address, bytes, i + 1 < entries ? NEXT : 0, i + 1);
}

static bool offer_filled(struct device *device, unsigned entries)
{
    return offer_table(device, address_of(table), entries * (uint32_t)sizeof(table[0]), 0);
}

static bool nested(struct device *device)
{
    describe(&table[0], address_of(&table[1]), sizeof(table[0]), INDIRECT, 0);
    describe(&table[1], address_of(buffer), 64, 0, 0);
    return offer_filled(device, 1);
}

static bool itself(struct device *device)
{
    describe(&table[0], address_of(&table[0]), sizeof(table[0]), INDIRECT, 0);
    return offer_filled(device, 1);
}

static bool with_next(struct device *device)
{
    fill_table(2, address_of(buffer), 64);
    return offer_table(device, address_of(table), 2 * sizeof(table[0]), NEXT);
}

static bool of_length(struct device *device, uint32_t length)
{
    fill_table(2, address_of(buffer), 64);
    return offer_table(device, address_of(table), length, 0);
}

static bool empty(struct device *device) { return of_length(device, 0); }
static bool part(struct device *device) { return of_length(device, 24); }
static bool huge(struct device *device) { return of_length(device, 0xfffffff0); }
static bool outside(struct device *device) { return offer_table(device, 0x1000, 32, 0); }
static bool wrapping(struct device *device) { return offer_table(device, 0xfffffffffffffff0ull, 32, 0); }
static bool in_registers(struct device *device) { return offer_table(device, device->registers, 32, 0); }

static bool too_long(struct device *device)
{
    fill_table(ENTRIES_MAX + 1, address_of(buffer), 1);
    return offer_filled(device, ENTRIES_MAX + 1);
}

static bool too_big(struct device *device)
{
    fill_table(ENTRIES_MAX, amp_platform.info->ram_gpa, (uint32_t)amp_platform.info->ram_size);
    return offer_filled(device, ENTRIES_MAX);
}

/* 2^32 bytes and as many more as a short packet has: a sensible number where it is cut to 32 bits. */
static bool a_bit_too_big(struct device *device)
{
    const uint32_t part = 0x400000; /* * 1024 = 2^32; the partition has twice as much memory */

    fill_table(ENTRIES_MAX, amp_platform.info->ram_gpa, part);
    table[0].address = address_of(buffer);
    table[0].length = 64;
    table[ENTRIES_MAX - 2].length = 2 * part - 64;
    table[ENTRIES_MAX - 1].length = part + 72;
    return offer_filled(device, ENTRIES_MAX);
}

static bool next_out(struct device *device)
{
    fill_table(2, address_of(buffer), 64);
    table[0].next = 2;
    return offer_filled(device, 2);
}

static bool loop(struct device *device)
{
    fill_table(3, address_of(buffer), 64);
    describe(&table[2], address_of(buffer), 64, NEXT, 0);
    return offer_filled(device, 3);
}

static bool bad_buffer(struct device *device)
{
    fill_table(3, address_of(buffer), 64);
    table[2].address = 0x1000;
    return offer_filled(device, 3);
}

/* Allowed, and odd: longer than the queue, at an odd address, named as writable, and written to while it is a table. */
static bool long_one(struct device *device)
{
    fill_table(ENTRIES_MAX, address_of(buffer), 1);
    return offer_filled(device, ENTRIES_MAX);
}

static bool odd_place(struct device *device)
{
    uint8_t *odd = buffer + 1;

    fill_table(1, address_of(buffer) + 4096, 64);
    for (unsigned i = 0; i < sizeof(table[0]); i++)
        odd[i] = ((const uint8_t *)&table[0])[i];
    return offer_table(device, address_of(odd), sizeof(table[0]), WRITE);
}

static bool over_itself(struct device *device)
{
    describe(&table[0], address_of(table), sizeof(table), WRITE, 0);
    return offer_filled(device, 1);
}

static const struct attack list[] = {
    { "table-nested", BREAKS, nested, NEEDS_INDIRECT },        { "table-names-itself", BREAKS, itself, NEEDS_INDIRECT },
    { "table-with-next", BREAKS, with_next, NEEDS_INDIRECT | OURS_ALONE },  { "table-empty", BREAKS, empty, NEEDS_INDIRECT },
    { "table-of-24-bytes", BREAKS, part, NEEDS_INDIRECT },     { "table-of-2^32-bytes", BREAKS, huge, NEEDS_INDIRECT },
    { "table-outside", BREAKS, outside, NEEDS_INDIRECT },      { "table-across-2^64", BREAKS, wrapping, NEEDS_INDIRECT },
    { "table-in-registers", BREAKS, in_registers, NEEDS_INDIRECT }, { "table-too-long", BREAKS, too_long, NEEDS_INDIRECT },
    { "table-of-2^32-and-a-bit", BREAKS, a_bit_too_big, NEEDS_INDIRECT | OURS_ALONE },
    { "table-of-too-much", BREAKS, too_big, NEEDS_INDIRECT | OURS_ALONE },
    { "table-next-out", BREAKS, next_out, NEEDS_INDIRECT | OURS_ALONE },
    { "table-loop", BREAKS, loop, NEEDS_INDIRECT },            { "table-bad-buffer", BREAKS, bad_buffer, NEEDS_INDIRECT },
    { "table-longer-than-queue", ANSWERED, long_one, NEEDS_INDIRECT }, { "table-at-odd-place", ANSWERED, odd_place, NEEDS_INDIRECT },
    { "table-over-itself", ANSWERED, over_itself, NEEDS_INDIRECT | OURS_ALONE },
};
ATTACKS(indirect_attacks, list);
