// SPDX-License-Identifier: GPL-2.0-only
// The console device: an honest line, and attacks of its own (virtio 1.2, 5.3).
#include "attack.h"

#include <string.h>

#define INPUT 0u
#define OUTPUT 1u

static bool honest(struct device *device)
{
    static const char line[] = "misbehave-virtqueue: an honest line\n";

    memcpy(buffer, line, sizeof(line) - 1);
    describe(&queues[OUTPUT].descriptors[0], address_of(buffer), sizeof(line) - 1, 0, 0);
    queue_offer(&queues[OUTPUT], 0);
    notify(device, OUTPUT);
    return wait_idle(&queues[OUTPUT]);
}

static bool write_only_output(struct device *device)
{
    describe(&device->queue->descriptors[0], address_of(buffer), 64, WRITE, 0);
    offer(device, 0);
    return true;
}

/* More than dom0 keeps. */
static bool flood(struct device *device)
{
    memset(buffer, '.', BUFFER_SIZE);
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&device->queue->descriptors[i], address_of(buffer), BUFFER_SIZE, 0, 0);
        queue_offer(device->queue, i);
    }
    notify(device, OUTPUT);
    return true;
}

/* Input buffers without room: none of them may be waited for, nor filled. */
static bool input_without_room(struct device *device)
{
    struct queue *input = &queues[INPUT];

    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&input->descriptors[i], address_of(buffer), i % 2 != 0 ? 0 : 64, i % 2 != 0 ? WRITE : 0, 0);
        queue_offer(input, i);
    }
    notify(device, INPUT);
    return true;
}

static const struct attack list[] = {
    { "writable-output", ANSWERED, write_only_output, 0 },
    { "flood", ANSWERED, flood, 0 },
    { "input-without-room", ANSWERED, input_without_room, 0 },
};
ATTACKS(console_attacks, list);
const struct kind console_kind = {
    .id = ID_CONSOLE, .name = "console", .queue_count = 2, .attacked = OUTPUT, .honest = honest,
};
const struct kind console_input_kind = {
    .id = ID_CONSOLE, .name = "console-input", .queue_count = 2, .attacked = INPUT, .receives = true, .honest = honest,
};
