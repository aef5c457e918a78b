// SPDX-License-Identifier: GPL-2.0-only
// The entropy device: an honest request, and attacks of its own (virtio 1.2, 5.4).
#include "attack.h"

#include <string.h>

#define WANTED 64u

static bool honest(struct device *device)
{
    struct queue *queue = device->queue;
    unsigned sum = 0;

    memset(buffer, 0, WANTED);
    describe(&queue->descriptors[0], address_of(buffer), WANTED, WRITE, 0);
    offer(device, 0);
    if (!wait_idle(queue))
        return false;
    for (unsigned i = 0; i < WANTED; i++)
        sum += buffer[i];
    return queue->used.ring[0].written == WANTED && sum != 0;
}

static bool nothing_to_fill(struct device *device)
{
    describe(&device->queue->descriptors[0], address_of(buffer), WANTED, 0, 0);
    offer(device, 0);
    return true;
}

static bool many_at_once(struct device *device)
{
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&device->queue->descriptors[i], address_of(buffer), BUFFER_SIZE, WRITE, 0);
        queue_offer(device->queue, i);
    }
    notify(device, 0);
    return true;
}

static const struct attack list[] = {
    { "nothing-to-fill", ANSWERED, nothing_to_fill, 0 },
    { "many-at-once", ANSWERED, many_at_once, 0 },
};
ATTACKS(rng_attacks, list);
const struct kind rng_kind = { .id = ID_RNG, .name = "rng", .queue_count = 1, .attacked = 0, .honest = honest };
