// SPDX-License-Identifier: GPL-2.0-only
// Attacks with queues' places and sizes, and with the order of bring-up, stop and reset.
#include "attack.h"

#define ROUNDS 8u

/* A queue as given beside good ones, then DRIVER_OK: a queue that can't be is told then at the latest. */
static bool ready_at(struct device *device, uint32_t size, uint64_t desc, uint64_t driver, uint64_t used)
{
    for (unsigned i = 0; i < device->kind->queue_count; i++) {
        if (i != device->kind->attacked)
            set_good_queue(device, i);
    }
    set_queue(device, device->kind->attacked, size, desc, driver, used);
    put(device, STATUS, STEP_READY);
    notify(device, device->kind->attacked);
    return true;
}

static bool parts_at(struct device *device, uint64_t desc, uint64_t driver, uint64_t used)
{
    struct queue *queue = device->queue;

    return ready_at(device, QUEUE_SIZE, desc != 0 ? desc : address_of(queue->descriptors),
                    driver != 0 ? driver : address_of(&queue->available), used != 0 ? used : address_of(&queue->used));
}

static bool sized(struct device *device, uint32_t size)
{
    struct queue *queue = device->queue;

    return ready_at(device, size, address_of(queue->descriptors), address_of(&queue->available), address_of(&queue->used));
}

static uint64_t ram_end(void)
{
    return amp_platform.info->ram_gpa + amp_platform.info->ram_size;
}

static bool desc_outside(struct device *device) { return parts_at(device, 0x10000, 0, 0); }
static bool available_outside(struct device *device) { return parts_at(device, 0, device->registers, 0); }
static bool used_outside(struct device *device) { return parts_at(device, 0, 0, AMP_INFO_GPA); }
static bool desc_across_end(struct device *device) { return parts_at(device, ram_end() - 16, 0, 0); }
static bool available_across_end(struct device *device) { return parts_at(device, 0, ram_end() - 4, 0); }
static bool used_across_end(struct device *device) { return parts_at(device, 0, 0, ram_end() - 4); }
static bool desc_across_2_64(struct device *device) { return parts_at(device, 0xfffffffffffffff0ull, 0, 0); }
static bool used_across_2_64(struct device *device) { return parts_at(device, 0, 0, 0xfffffffffffffffcull); }
static bool desc_misaligned(struct device *device) { return parts_at(device, address_of(buffer) + 8, 0, 0); }
static bool available_misaligned(struct device *device) { return parts_at(device, 0, address_of(buffer) + 1, 0); }
static bool used_misaligned(struct device *device) { return parts_at(device, 0, 0, address_of(buffer) + 2); }
static bool size_0(struct device *device) { return sized(device, 0); }
static bool size_3(struct device *device) { return sized(device, 3); }
static bool size_2_15(struct device *device) { return sized(device, 32768); }
static bool size_2_31(struct device *device) { return sized(device, 0x80000000); }
static bool size_all_ones(struct device *device) { return sized(device, 0xffffffff); }

/* Rings on top of each other are all the guest's own memory: the device may trip, not its process. */
static bool overlapping(struct device *device, uint64_t desc, uint64_t driver, uint64_t used)
{
    (void)parts_at(device, desc, driver, used);
    for (unsigned i = 0; i < ROUNDS; i++)
        offer(device, 0);
    return true;
}

static bool used_is_available(struct device *device)
{
    return overlapping(device, 0, 0, address_of(&device->queue->available));
}

static bool used_is_desc(struct device *device)
{
    return overlapping(device, 0, 0, address_of(device->queue->descriptors));
}

static bool all_in_one(struct device *device)
{
    uint64_t place = address_of(buffer);

    return overlapping(device, place, place, place);
}

static void offer_some(struct device *device)
{
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        describe(&device->queue->descriptors[i], address_of(buffer), 512, 0, 0);
        queue_offer(device->queue, i);
    }
    notify(device, device->kind->attacked);
}

static bool ready_toggled(struct device *device)
{
    offer_some(device);
    put(device, QUEUE_SEL, device->kind->attacked);
    for (unsigned i = 0; i < ROUNDS; i++) {
        put(device, QUEUE_READY, i % 2);
        notify(device, device->kind->attacked);
    }
    return true;
}

static bool moved_when_ready(struct device *device)
{
    set_queue(device, device->kind->attacked, 32768, 0x1000, 0x2000, 0x3000);
    offer_some(device);
    return true;
}

static bool reset_in_flight(struct device *device)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        offer_some(device);
        if (!bring_up(device))
            return false;
    }
    return true;
}

static bool no_queue(struct device *device)
{
    put(device, STATUS, STEP_READY);
    for (unsigned i = 0; i < ROUNDS; i++)
        notify(device, i);
    return true;
}

static bool features_refused(struct device *device)
{
    put(device, STATUS, 0);
    put(device, STATUS, STEP_DRIVER);
    for (unsigned i = 0; i < ROUNDS; i++) {
        put(device, DRIVER_FEATURES_SEL, i);
        put(device, DRIVER_FEATURES, 0xffffffff);
    }
    put(device, STATUS, STEP_READY);
    if (get(device, STATUS) == STEP_DRIVER)
        return true;
    amp_printf("misbehave-virtqueue: status 0x%x with features that nobody offered\n", get(device, STATUS));
    return false;
}

static bool queues_beyond(struct device *device)
{
    for (unsigned i = device->kind->queue_count; i < 0x10000; i = i * 2 + 1)
        set_queue(device, i, QUEUE_SIZE, address_of(buffer), address_of(buffer), address_of(buffer));
    set_queue(device, 0xffffffff, QUEUE_SIZE, address_of(buffer), address_of(buffer), address_of(buffer));
    return true;
}

static const struct attack list[] = {
    { "desc-outside", BREAKS, desc_outside, BEFORE_QUEUES },  { "available-outside", BREAKS, available_outside, BEFORE_QUEUES },
    { "used-outside", BREAKS, used_outside, BEFORE_QUEUES },  { "desc-across-end", BREAKS, desc_across_end, BEFORE_QUEUES },
    { "available-across-end", BREAKS, available_across_end, BEFORE_QUEUES },
    { "used-across-end", BREAKS, used_across_end, BEFORE_QUEUES },
    { "desc-across-2^64", BREAKS, desc_across_2_64, BEFORE_QUEUES },
    { "used-across-2^64", BREAKS, used_across_2_64, BEFORE_QUEUES },
    { "desc-misaligned", BREAKS, desc_misaligned, BEFORE_QUEUES },
    { "available-misaligned", BREAKS, available_misaligned, BEFORE_QUEUES },
    { "used-misaligned", BREAKS, used_misaligned, BEFORE_QUEUES }, { "size-0", BREAKS, size_0, BEFORE_QUEUES },
    { "size-3", BREAKS, size_3, BEFORE_QUEUES },              { "size-2^15", BREAKS, size_2_15, BEFORE_QUEUES },
    { "size-2^31", BREAKS, size_2_31, BEFORE_QUEUES },        { "size-2^32", BREAKS, size_all_ones, BEFORE_QUEUES },
    { "used-is-available", EITHER, used_is_available, BEFORE_QUEUES }, { "used-is-desc", EITHER, used_is_desc, BEFORE_QUEUES },
    { "all-in-one", EITHER, all_in_one, BEFORE_QUEUES },      { "ready-toggled", EITHER, ready_toggled, 0 },
    { "moved-when-ready", ANSWERED, moved_when_ready, 0 },
    { "reset-in-flight", ANSWERED, reset_in_flight, 0 }, { "no-queue", ANSWERED, no_queue, BEFORE_QUEUES | OURS_ALONE },
    { "features-refused", ANSWERED, features_refused, BEFORE_QUEUES }, { "queues-beyond", ANSWERED, queues_beyond, BEFORE_QUEUES },
};
ATTACKS(setup_attacks, list);
