// SPDX-License-Identifier: GPL-2.0-only
// Attacks with the available ring and with the order of descriptors.
#include "attack.h"

static void plain(const struct device *device, unsigned index, unsigned flags, unsigned next)
{
    describe(&device->queue->descriptors[index], address_of(buffer), 64, flags, next);
}

static bool move_index(struct device *device, unsigned by)
{
    plain(device, 0, 0, 0);
    device->queue->available.index = (uint16_t)(device->queue->available.index + by);
    amp_dsb();
    notify(device, device->kind->attacked);
    return true;
}

static bool index_ahead(struct device *device) { return move_index(device, QUEUE_SIZE + 1); }
static bool index_far(struct device *device) { return move_index(device, 0x8000); }
static bool index_back(struct device *device) { return move_index(device, 0xffff); }

static bool head_beyond(struct device *device)
{
    offer(device, QUEUE_SIZE);
    return true;
}

static bool head_absurd(struct device *device)
{
    offer(device, 0xffff);
    return true;
}

static bool next_to(struct device *device, unsigned next)
{
    plain(device, 0, NEXT, next);
    offer(device, 0);
    return true;
}

static bool next_beyond(struct device *device) { return next_to(device, QUEUE_SIZE); }
static bool next_absurd(struct device *device) { return next_to(device, 0xffff); }
static bool next_itself(struct device *device) { return next_to(device, 0); }

/* Through all descriptors, and once more: also a chain that is longer than the queue. */
static bool ring_of_all(struct device *device)
{
    for (unsigned i = 0; i < QUEUE_SIZE; i++)
        plain(device, i, NEXT, (i + 1) % QUEUE_SIZE);
    offer(device, 0);
    return true;
}

static bool order_wrong(struct device *device)
{
    plain(device, 0, WRITE | NEXT, 1);
    plain(device, 1, 0, 0);
    offer(device, 0);
    return true;
}

static bool head_twice(struct device *device)
{
    plain(device, 0, 0, 0);
    queue_offer(device->queue, 0);
    /* both become visible before the device is told, so that neither has come back when it sees the second */
    offer(device, 0);
    return true;
}

/* Two chains that share what is behind their heads break no rule of the device's: each is read as it stands. */
static bool shared_tail(struct device *device)
{
    plain(device, 0, NEXT, 2);
    plain(device, 1, NEXT, 2);
    plain(device, 2, WRITE, 0);
    queue_offer(device->queue, 0);
    offer(device, 1);
    return true;
}

static bool notify_others(struct device *device)
{
    for (unsigned queue = 0; queue < 64; queue++)
        notify(device, queue);
    notify(device, 0xffff);
    notify(device, 0xffffffff);
    return true;
}

static const struct attack list[] = {
    { "index-ahead", BREAKS, index_ahead, 0 },   { "index-far", BREAKS, index_far, 0 },
    { "index-back", BREAKS, index_back, 0 },     { "head-beyond", BREAKS, head_beyond, 0 },
    { "head-absurd", BREAKS, head_absurd, 0 },   { "next-beyond", BREAKS, next_beyond, 0 },
    { "next-absurd", BREAKS, next_absurd, 0 },   { "next-itself", BREAKS, next_itself, 0 },
    { "ring-of-all", BREAKS, ring_of_all, 0 },   { "readable-after-writable", BREAKS, order_wrong, 0 },
    { "head-twice", BREAKS, head_twice, SECOND_HEAD | OURS_ALONE },     { "shared-tail", ANSWERED, shared_tail, OURS_ALONE },
    { "notify-others", ANSWERED, notify_others, 0 },
};
ATTACKS(ring_attacks, list);
