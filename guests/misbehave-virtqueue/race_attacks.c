// SPDX-License-Identifier: GPL-2.0-only
// Words that change while the device reads them: the driver, on a core of its own, flips one between a good and a bad value
// until the round is over. Who wins a round is chance; that the process lives is not.
#include "attack.h"

#define ROUNDS 24u
#define FLIPS 4000u

static struct descriptor table[4] __attribute__((aligned(16)));

typedef void flip_function(struct queue *queue, bool bad);

static void flip_address(struct queue *queue, bool bad) { queue->descriptors[0].address = bad ? 0x1000 : address_of(buffer); }
static void flip_length(struct queue *queue, bool bad) { queue->descriptors[0].length = bad ? 0xffffffff : 512; }
static void flip_next(struct queue *queue, bool bad) { queue->descriptors[0].next = bad ? 0x7fff : 1; }
static void flip_flags(struct queue *queue, bool bad) { queue->descriptors[0].flags = bad ? INDIRECT | NEXT | WRITE : NEXT; }
static void flip_table(struct queue *queue, bool bad)
{
    (void)queue;
    *(volatile uint64_t *)&table[0].address = bad ? ~0ull : address_of(buffer);
    *(volatile uint16_t *)&table[0].next = bad ? 0xffff : 1;
}
static void flip_head(struct queue *queue, bool bad)
{
    queue->available.ring[(queue->available.index - 1) % QUEUE_SIZE] = bad ? 0xffff : 0;
}

/* From a good chain of two, in a table where `indirect`. */
static void make_chain(struct queue *queue, bool indirect)
{
    describe(&table[0], address_of(buffer), 512, NEXT, 1);
    describe(&table[1], address_of(buffer) + 4096, 512, WRITE, 0);
    describe(&queue->descriptors[0], address_of(buffer), 512, NEXT, 1);
    describe(&queue->descriptors[1], address_of(buffer) + 4096, 512, WRITE, 0);
    if (indirect)
        describe(&queue->descriptors[0], address_of(table), 2 * sizeof(table[0]), INDIRECT, 0);
}

static bool race(struct device *device, flip_function *flip, bool indirect)
{
    struct queue *queue = device->queue;

    make_chain(queue, indirect);
    for (unsigned round = 0; round < ROUNDS; round++) {
        offer(device, 0);
        for (unsigned i = 0; i < FLIPS && queue->used.index != queue->available.index; i++)
            flip(queue, i % 2 == 0);
        flip(queue, false);
        amp_dsb();
    }
    return true;
}

static bool race_address(struct device *device) { return race(device, flip_address, false); }
static bool race_length(struct device *device) { return race(device, flip_length, false); }
static bool race_next(struct device *device) { return race(device, flip_next, false); }
static bool race_flags(struct device *device) { return race(device, flip_flags, false); }
static bool race_head(struct device *device) { return race(device, flip_head, false); }
static bool race_table(struct device *device) { return race(device, flip_table, true); }

static const struct attack list[] = {
    { "address-flips", EITHER, race_address, 0 }, { "length-flips", EITHER, race_length, 0 },
    { "next-flips", EITHER, race_next, 0 },       { "flags-flip", EITHER, race_flags, 0 },
    { "head-flips", EITHER, race_head, 0 },       { "table-flips", EITHER, race_table, NEEDS_INDIRECT },
};
ATTACKS(race_attacks, list);
