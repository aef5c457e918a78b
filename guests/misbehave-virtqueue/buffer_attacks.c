// SPDX-License-Identifier: GPL-2.0-only
// Attacks with what a descriptor names: addresses and lengths.
#include "attack.h"

static bool offer_one(struct device *device, uint64_t address, uint32_t length, unsigned flags)
{
    describe(&device->queue->descriptors[0], address, length, flags, 0);
    offer(device, 0);
    return true;
}

static uint64_t ram_end(void)
{
    return amp_platform.info->ram_gpa + amp_platform.info->ram_size;
}

static bool at_zero(struct device *device) { return offer_one(device, 0, 16, 0); }
static bool before_ram(struct device *device) { return offer_one(device, amp_platform.info->ram_gpa - 8, 16, 0); }
static bool behind_ram(struct device *device) { return offer_one(device, ram_end(), 1, WRITE); }
static bool across_end(struct device *device) { return offer_one(device, ram_end() - 8, 16, WRITE); }
static bool across_2_64(struct device *device) { return offer_one(device, 0xfffffffffffffff0ull, 32, WRITE); }
static bool at_2_64(struct device *device) { return offer_one(device, 0xffffffffffffffffull, 1, 0); }
static bool at_2_63(struct device *device) { return offer_one(device, 1ull << 63 | address_of(buffer), 16, 0); }
static bool registers(struct device *device) { return offer_one(device, device->registers, 16, WRITE); }
static bool interrupts(struct device *device) { return offer_one(device, amp_platform.gicd, 16, WRITE); }
static bool info_page(struct device *device) { return offer_one(device, AMP_INFO_GPA, 16, WRITE); }
static bool endless(struct device *device) { return offer_one(device, address_of(buffer), 0xffffffff, 0); }
static bool sign_bit(struct device *device) { return offer_one(device, address_of(buffer), 0x80000000, WRITE); }

/* Buffers without length are nowhere: their addresses are nobody's business. */
static bool all_empty(struct device *device)
{
    for (unsigned i = 0; i < QUEUE_SIZE; i++)
        describe(&device->queue->descriptors[i], 0xdead0000 + i, 0, (i + 1 < QUEUE_SIZE ? NEXT : 0) | (i > 7 ? WRITE : 0),
                 i + 1);
    offer(device, 0);
    return true;
}

static bool ram_many_times(struct device *device)
{
    const struct amp_info_page *info = amp_platform.info;

    for (unsigned i = 0; i < QUEUE_SIZE; i++)
        describe(&device->queue->descriptors[i], info->ram_gpa, (uint32_t)info->ram_size, i + 1 < QUEUE_SIZE ? NEXT : 0, i + 1);
    offer(device, 0);
    return true;
}

/* The device writes where it reads from or reports to. Both are the guest's own memory: it harms itself. */
static bool into_descriptors(struct device *device)
{
    return offer_one(device, address_of(device->queue->descriptors), sizeof(device->queue->descriptors), WRITE);
}
static bool into_available(struct device *device)
{
    return offer_one(device, address_of(&device->queue->available), sizeof(device->queue->available), WRITE);
}
static bool into_used(struct device *device)
{
    return offer_one(device, address_of(&device->queue->used), sizeof(device->queue->used), WRITE);
}

static const struct attack list[] = {
    { "at-zero", BREAKS, at_zero, 0 },           { "before-ram", BREAKS, before_ram, 0 },
    { "behind-ram", BREAKS, behind_ram, 0 },     { "across-end-of-ram", BREAKS, across_end, 0 },
    { "across-2^64", BREAKS, across_2_64, 0 },   { "at-2^64", BREAKS, at_2_64, 0 },
    { "at-2^63", BREAKS, at_2_63, 0 },           { "own-registers", BREAKS, registers, 0 },
    { "interrupt-controller", BREAKS, interrupts, 0 }, { "info-page", BREAKS, info_page, 0 },
    { "length-2^32", BREAKS, endless, 0 },       { "length-2^31", BREAKS, sign_bit, 0 },
    { "all-empty", ANSWERED, all_empty, OURS_ALONE },     { "ram-many-times", ANSWERED, ram_many_times, OURS_ALONE },
    { "into-descriptors", EITHER, into_descriptors, 0 },
    { "into-available", EITHER, into_available, 0 }, { "into-used", EITHER, into_used, 0 },
};
ATTACKS(buffer_attacks, list);
