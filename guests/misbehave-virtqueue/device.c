// SPDX-License-Identifier: GPL-2.0-only
#include "device.h"

#define PATIENCE_MS 10000u

struct queue queues[QUEUES_MAX];
uint8_t buffer[BUFFER_SIZE] __attribute__((aligned(4096)));

uint32_t get(const struct device *device, uint32_t offset)
{
    return amp_mmio_read32(device->registers + offset);
}

void put(const struct device *device, uint32_t offset, uint32_t value)
{
    amp_mmio_write32(device->registers + offset, value);
}

static void put_address(const struct device *device, uint32_t offset, uint64_t address)
{
    put(device, offset, (uint32_t)address);
    put(device, offset + 4, (uint32_t)(address >> 32));
}

/* The device lets go of queues and buffers before the write is through (2.1.2, 4.2.3.1). */
void reset(const struct device *device)
{
    put(device, STATUS, 0);
    for (unsigned i = 0; i < QUEUES_MAX; i++)
        queue_clear(&queues[i]);
}

static uint64_t offered(const struct device *device)
{
    uint64_t high;

    put(device, DEVICE_FEATURES_SEL, 1);
    high = get(device, DEVICE_FEATURES);
    put(device, DEVICE_FEATURES_SEL, 0);
    return high << 32 | get(device, DEVICE_FEATURES);
}

bool negotiate(struct device *device)
{
    reset(device);
    put(device, STATUS, STEP_FOUND);
    put(device, STATUS, STEP_DRIVER);
    device->features =
        offered(device) & (FEATURE_VERSION_1 | FEATURE_INDIRECT | FEATURE_EVENT_INDEX | device->kind->features);
    put(device, DRIVER_FEATURES_SEL, 1);
    put(device, DRIVER_FEATURES, (uint32_t)(device->features >> 32));
    put(device, DRIVER_FEATURES_SEL, 0);
    put(device, DRIVER_FEATURES, (uint32_t)device->features);
    put(device, STATUS, STEP_FEATURES);
    return get(device, STATUS) == STEP_FEATURES;
}

void set_queue(const struct device *device, unsigned index, uint32_t size, uint64_t desc, uint64_t driver, uint64_t used)
{
    put(device, QUEUE_SEL, index);
    put(device, QUEUE_NUM, size);
    put_address(device, QUEUE_DESC, desc);
    put_address(device, QUEUE_DRIVER, driver);
    put_address(device, QUEUE_DEVICE, used);
    put(device, QUEUE_READY, 1);
}

void set_good_queue(const struct device *device, unsigned index)
{
    set_queue(device, index, QUEUE_SIZE, address_of(queues[index].descriptors), address_of(&queues[index].available),
              address_of(&queues[index].used));
}

bool bring_up(struct device *device)
{
    if (!negotiate(device))
        return false;
    for (unsigned i = 0; i < device->kind->queue_count; i++)
        set_good_queue(device, i);
    put(device, STATUS, STEP_READY);
    return get(device, STATUS) == STEP_READY;
}

void notify(const struct device *device, unsigned queue)
{
    put(device, QUEUE_NOTIFY, queue);
}

void offer(const struct device *device, uint16_t head)
{
    queue_offer(device->queue, head);
    notify(device, device->kind->attacked);
}

bool wait_idle(const struct queue *queue)
{
    uint64_t end = deadline_in(PATIENCE_MS);

    while (!queue_is_idle(queue)) {
        if (amp_timer_now() > end)
            return false;
        nap(200);
    }
    return true;
}
