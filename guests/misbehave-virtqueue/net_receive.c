// SPDX-License-Identifier: GPL-2.0-only
// Attacks with the buffers that a network device receives into, with and without MRG_RXBUF (virtio 1.2, 5.1.6.3): of a byte, of
// nothing, on top of each other, changing while a packet is put into them. Each is followed by packets that come in.
#include "net.h"

#include <string.h>

#define TABLE_ENTRIES 1024u
#define ANSWERS 6u

static struct descriptor table[TABLE_ENTRIES] __attribute__((aligned(16)));

/* All heads, each a buffer of so many bytes; `apart`: from each other, in bytes. */
static void offer_all(const struct device *device, uint32_t bytes, uint32_t apart)
{
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&queues[RECEIVE].descriptors[i], address_of(RECEIVED) + i * apart, bytes, WRITE, 0);
        queue_offer(&queues[RECEIVE], i);
    }
    notify(device, RECEIVE);
}

static bool buffers_of(struct device *device, uint32_t bytes)
{
    offer_all(device, bytes, bytes);
    return ask(device, ANSWERS);
}

static bool of_0(struct device *device) { return buffers_of(device, 0); }
static bool of_1(struct device *device) { return buffers_of(device, 1); }
static bool of_10(struct device *device) { return buffers_of(device, 10); }
static bool of_11(struct device *device) { return buffers_of(device, 11); }
static bool of_12(struct device *device) { return buffers_of(device, 12); }
static bool of_13(struct device *device) { return buffers_of(device, 13); }

/* Of a byte, of nothing, to read only. */
static bool without_room(struct device *device)
{
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&queues[RECEIVE].descriptors[i], address_of(RECEIVED), i % 3 == 2 ? 64 : i % 3, i % 3 == 2 ? 0 : WRITE, 0);
        queue_offer(&queues[RECEIVE], i);
    }
    notify(device, RECEIVE);
    return ask(device, ANSWERS);
}

static bool chain_of_bytes(struct device *device)
{
    for (unsigned i = 0; i < QUEUE_SIZE; i++)
        describe(&queues[RECEIVE].descriptors[i], address_of(RECEIVED) + i, 1, WRITE | (i + 1 < QUEUE_SIZE ? NEXT : 0), i + 1);
    queue_offer(&queues[RECEIVE], 0);
    notify(device, RECEIVE);
    return ask(device, ANSWERS);
}

/* Each head has a table of pieces of a byte: a long packet would need more pieces than any call takes. */
static bool tables_of_bytes(struct device *device, uint32_t bytes)
{
    for (unsigned i = 0; i < TABLE_ENTRIES; i++)
        describe(&table[i], address_of(RECEIVED) + i, bytes, WRITE | (i + 1 < TABLE_ENTRIES ? NEXT : 0), i + 1);
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&queues[RECEIVE].descriptors[i], address_of(table), sizeof(table), INDIRECT, 0);
        queue_offer(&queues[RECEIVE], i);
    }
    notify(device, RECEIVE);
    return ask(device, ANSWERS);
}

static bool tables_of_1(struct device *device) { return tables_of_bytes(device, 1); }
/* Together they hold the longest packet: no buffer of the device's own is in between. */
static bool tables_of_9(struct device *device) { return tables_of_bytes(device, 9); }

static bool all_in_one_place(struct device *device)
{
    offer_all(device, RECEIVED_SIZE, 0);
    return ask(device, ANSWERS);
}

static bool to_end_of_ram(struct device *device)
{
    const struct amp_info_page *info = amp_platform.info;

    offer_all(device, (uint32_t)(info->ram_gpa + info->ram_size - address_of(RECEIVED)), 0);
    return ask(device, ANSWERS);
}

/* The count of buffers, which the device writes last, is at the mercy of who has the memory. */
static bool count_flips(struct device *device)
{
    for (unsigned round = 0; round < ANSWERS; round++) {
        offer_all(device, 32, 32);
        if (!ask(device, 1))
            return false;
        for (unsigned i = 0; i < 4000; i++)
            *(volatile uint16_t *)(void *)(RECEIVED + 32 * (i % QUEUE_SIZE) + 10) = (uint16_t)(i % 2 == 0 ? 0xffff : 0);
        if (!bring_up(device))
            return false;
    }
    return true;
}

/* Lengths and places change after the device has taken the buffers and before it has something for them. */
static bool sizes_flip(struct device *device)
{
    offer_all(device, 64, 64);
    for (unsigned round = 0; round < ANSWERS; round++) {
        for (unsigned i = 0; i < QUEUE_SIZE; i++) {
            queues[RECEIVE].descriptors[i].length = round % 2 == 0 ? 0xffffffff : 0;
            queues[RECEIVE].descriptors[i].address = round % 3 == 0 ? 0x1000 : ~0ull;
        }
        if (!ask(device, 1))
            return false;
    }
    return true;
}

static bool onto_rings(struct device *device)
{
    const uint64_t places[] = { address_of(&queues[RECEIVE].used), address_of(&queues[RECEIVE].available),
                                address_of(queues[RECEIVE].descriptors), address_of(&queues[TRANSMIT].used) };

    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&queues[RECEIVE].descriptors[i], places[i % 4], 100, WRITE, 0);
        queue_offer(&queues[RECEIVE], i);
    }
    notify(device, RECEIVE);
    for (unsigned i = 0; i < ANSWERS; i++) { /* the transmit queue's end may be overwritten: nobody waits for it */
        memset(buffer, 0, HEADER);
        make_question(buffer + HEADER);
        offer_frame(device, HEADER + ARP_SIZE);
        nap(1000);
    }
    return true;
}

/* More comes in than dom0 keeps, for a guest that takes nothing and then too little. */
static bool starved(struct device *device)
{
    if (!ask(device, 200))
        return false;
    offer_all(device, 1, 1);
    return ask(device, ANSWERS);
}

static const struct attack list[] = {
    { "buffers-of-0", ANSWERED, of_0, 0 },          { "buffers-of-1", ANSWERED, of_1, 0 },
    { "buffers-of-10", ANSWERED, of_10, 0 },        { "buffers-of-11", ANSWERED, of_11, 0 },
    { "buffers-of-12", ANSWERED, of_12, 0 },        { "buffers-of-13", ANSWERED, of_13, 0 },
    { "buffers-without-room", ANSWERED, without_room, 0 }, { "chain-of-bytes", ANSWERED, chain_of_bytes, 0 },
    { "tables-of-bytes", ANSWERED, tables_of_1, NEEDS_INDIRECT }, { "tables-of-9-bytes", ANSWERED, tables_of_9, NEEDS_INDIRECT },
    { "all-in-one-place", ANSWERED, all_in_one_place, 0 }, { "to-end-of-ram", ANSWERED, to_end_of_ram, 0 },
    { "count-flips", ANSWERED, count_flips, 0 },    { "sizes-flip", EITHER, sizes_flip, 0 },
    { "onto-rings", EITHER, onto_rings, 0 },        { "starved", ANSWERED, starved, 0 },
};
ATTACKS(net_receive_attacks, list);
