// SPDX-License-Identifier: GPL-2.0-only
// A driver that asks for work without end: thousands of resets, activations, broken queues, starts and stops of queues, accesses to
// the configuration and notifications, on each device in turn, to see what its back end keeps. Between two rounds all devices are
// reset and it waits for a message on its channel, so that somebody can look. Expected: all rounds end, and the guest by itself.
#include "../misbehave-virtqueue/device.h"

#include <string.h>

#define ROUNDS 3u
#define RESETS 200u
#define BRING_UPS 120u
#define TOGGLES 200u
#define CONFIGS 300u
#define KICKS 20000u
#define CONFIG_SIZE 0x100u

static const struct kind kinds[] = {
    { .id = ID_NET, .name = "net", .queue_count = 2, .attacked = 1 },
    { .id = ID_BLK, .name = "blk", .queue_count = 1, .attacked = 0 },
    { .id = ID_CONSOLE, .name = "console", .queue_count = 2, .attacked = 1 },
    { .id = ID_RNG, .name = "rng", .queue_count = 1, .attacked = 0 },
    { .id = ID_VSOCK, .name = "vsock", .queue_count = 3, .attacked = 1 },
};

static unsigned long accesses, bring_ups;

static bool storm_of_resets(struct device *device)
{
    for (unsigned i = 0; i < RESETS; i++) {
        put(device, STATUS, i % 4 != 0 ? STEP_READY : STEP_DRIVER);
        put(device, STATUS, 0);
    }
    accesses += 2 * RESETS;
    return get(device, STATUS) == 0;
}

/* Each time as far as it goes: with a good chain, with one that breaks the queue, with DRIVER_OK again and again. */
static bool storm_of_bring_ups(struct device *device)
{
    for (unsigned i = 0; i < BRING_UPS; i++) {
        if (!bring_up(device))
            return false;
        if (i % 3 == 0) {
            offer(device, 0xffff);
        } else if (i % 3 == 1) {
            describe(&device->queue->descriptors[0], address_of(buffer), 64, 0, 0);
            offer(device, 0);
        }
        for (unsigned j = 0; j < 4; j++)
            put(device, STATUS, STEP_READY);
    }
    bring_ups += BRING_UPS;
    return true;
}

static bool storm_of_queues(struct device *device)
{
    if (!negotiate(device))
        return false;
    for (unsigned i = 0; i < TOGGLES; i++) { /* before DRIVER_OK: set up and taken back */
        set_good_queue(device, i % device->kind->queue_count);
        put(device, QUEUE_READY, 0);
    }
    if (!bring_up(device))
        return false;
    for (unsigned i = 0; i < TOGGLES; i++) { /* after it: stopped, and never again */
        put(device, QUEUE_SEL, i);
        put(device, QUEUE_READY, i / 4 % 2);
        notify(device, i % 4);
    }
    accesses += 12 * TOGGLES;
    return true;
}

static bool storm_of_configs(struct device *device)
{
    for (unsigned i = 0; i < CONFIGS; i++) {
        uintptr_t place = device->registers + CONFIG + i * 4 % CONFIG_SIZE;

        amp_mmio_write32(place, 0x55aa55aa + i);
        amp_mmio_write8(place + 1, (uint8_t)i);
        amp_mmio_write16(place + 2, (uint16_t)i);
        (void)amp_mmio_read32(place);
        (void)amp_mmio_read8(place + 3);
        put(device, DRIVER_FEATURES_SEL, i);
        put(device, DRIVER_FEATURES, ~0u);
        (void)get(device, DEVICE_FEATURES);
    }
    accesses += 8 * CONFIGS;
    return true;
}

/* Of a queue with nothing in it, of one that is broken, and of those that there are not. */
static bool storm_of_kicks(struct device *device)
{
    if (!bring_up(device))
        return false;
    for (unsigned i = 0; i < KICKS; i++) {
        if (i == KICKS / 2)
            offer(device, 0xffff);
        notify(device, i % 64 == 0 ? i : i % 4);
    }
    return true;
}

static const struct {
    const char *name;
    bool (*make)(struct device *);
} storms[] = {
    { "resets", storm_of_resets },   { "bring-ups", storm_of_bring_ups }, { "queues", storm_of_queues },
    { "configs", storm_of_configs }, { "kicks", storm_of_kicks },
};

static bool storm_device(struct device *device)
{
    device->queue = &queues[device->kind->attacked];
    for (unsigned i = 0; i < sizeof(storms) / sizeof(storms[0]); i++) {
        if (storms[i].make(device))
            continue;
        amp_printf("misbehave-virtio-storm: BROKEN, %s after %s\n", device->kind->name, storms[i].name);
        return false;
    }
    reset(device);
    return true;
}

static bool storm_all(void)
{
    const struct amp_info_page *info = amp_platform.info;
    bool good = info != NULL && info->virtio_count != 0;

    for (unsigned i = 0; good && i < info->virtio_count; i++) {
        struct device device = { .registers = (uintptr_t)info->virtio_gpa + i * AMP_VIRTIO_STRIDE };

        for (unsigned j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++) {
            device.kind = &kinds[j];
            if (kinds[j].id == info->virtio[i].device_id)
                good = good && storm_device(&device);
        }
    }
    return good;
}

static bool wait_message(struct amp_guest_channel *channel)
{
    static char message[64];
    uint32_t length;
    int status;

    while ((status = amp_guest_channel_receive(channel, message, sizeof(message), &length)) == AMP_RING_EMPTY)
        nap(10000);
    return status == AMP_RING_OK;
}

int main(void)
{
    static struct amp_guest_channel channel;

    amp_irq_mask();
    if (!amp_guest_channel_open(&channel, NULL)) {
        amp_printf("misbehave-virtio-storm: BROKEN, no channel\n");
        return 1;
    }
    for (unsigned round = 0; round <= ROUNDS; round++) {
        if (round != 0 && !storm_all())
            return 1;
        amp_printf("misbehave-virtio-storm: round %u is over, %lu activations and %lu other accesses\n", round, bring_ups, accesses);
        if (!wait_message(&channel))
            return 1;
    }
    amp_guest_channel_close(&channel);
    amp_printf("misbehave-virtio-storm: all rounds are over\n");
    return 0;
}
