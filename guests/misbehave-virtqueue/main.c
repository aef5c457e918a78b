// SPDX-License-Identifier: GPL-2.0-only
// A driver that tries every attack on the queues of each network, block, console, entropy and socket device it has. Between two
// of them the device is reset, brought up and has to answer honestly. Boot arguments: "dom0=N", dom0's IPv4 address as a number,
// which answers ARP; "vhost=1" where networks are vhost's; "death" where somebody kills the worker at the end. Expected: every attack
// ends as it must, and the guest by itself.
#include "attack.h"

static const struct attacks *const common[] = {
    &ring_attacks, &buffer_attacks, &indirect_attacks, &setup_attacks, &race_attacks,
};
#define COMMON_COUNT (sizeof(common) / sizeof(common[0]))

static const struct {
    const struct kind *kind;
    const struct attacks *own[2];
    bool own_only;
} kinds[] = {
    { &net_kind, { &net_attacks, &net_offload_attacks }, false },
    { &net_receive_kind, { &net_receive_attacks }, false },
    { &net_merge_kind, { &ring_attacks, &net_receive_attacks }, true },
    { &blk_kind, { &blk_attacks }, false },
    { &console_kind, { &console_attacks }, false },
    { &console_input_kind, { NULL }, false },
    { &rng_kind, { &rng_attacks }, false },
    { &vsock_kind, { &vsock_attacks }, false },
    { &vsock_receive_kind, { NULL }, false },
    { &vsock_event_kind, { &setup_attacks }, true }, /* the rest is looked at when a worker died only */
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static bool is_in_kernel(const struct kind *kind)
{
    return kind->id == ID_NET ? amp_bootarg_number("vhost", 0) != 0 : kind->id == ID_VSOCK;
}

static unsigned attack_device(struct device *device, unsigned index, unsigned *made)
{
    unsigned bad = 0;

    device->kind = kinds[index].kind;
    device->queue = &queues[device->kind->attacked];
    device->in_kernel = is_in_kernel(device->kind);
    if (!bring_up(device) || !device->kind->honest(device)) {
        amp_printf("misbehave-virtqueue: BROKEN, %s does not work before any attack\n", device->kind->name);
        return 1;
    }
    amp_printf("misbehave-virtqueue: %s works, features 0x%lx\n", device->kind->name, device->features);
    for (unsigned i = 0; i < COMMON_COUNT && !kinds[index].own_only; i++)
        bad += attack_all(device, common[i], made);
    for (unsigned i = 0; i < 2 && kinds[index].own[i] != NULL; i++)
        bad += attack_all(device, kinds[index].own[i], made);
    reset(device);
    return bad;
}

/* All of it, or types whose name begins as the boot argument "only=" says. */
static bool is_wanted(const struct kind *kind)
{
    const char *only = amp_bootarg_text("only");

    for (const char *name = kind->name; only != NULL && *only != '\0' && *only != ' '; only++, name++) {
        if (*only != *name)
            return false;
    }
    return true;
}

/* Events of sockets are written by a worker whose forerunner died, into a queue that is not one. */
static bool event_queue_at_death(void)
{
    const struct amp_info_page *info = amp_platform.info;
    struct device device = { .kind = &vsock_event_kind, .queue = &queues[vsock_event_kind.attacked] };
    unsigned i = 0;

    while (i < info->virtio_count && info->virtio[i].device_id != ID_VSOCK)
        i++;
    device.registers = (uintptr_t)info->virtio_gpa + i * AMP_VIRTIO_STRIDE;
    if (i == info->virtio_count || !bring_up(&device))
        return false;
    queue_offer(device.queue, 0xffff);
    amp_printf("misbehave-virtqueue: waiting for the worker's death\n");
    if (attack_needs_reset(&device) && bring_up(&device) && device.kind->honest(&device))
        return true;
    amp_printf("misbehave-virtqueue: BROKEN, that is not how an event queue ends\n");
    return false;
}

int main(void)
{
    const struct amp_info_page *info = amp_platform.info;
    unsigned bad = 0, made = 0, queues_attacked = 0;

    amp_irq_mask();
    for (unsigned i = 0; info != NULL && i < info->virtio_count; i++) {
        struct device device = { .registers = (uintptr_t)info->virtio_gpa + i * AMP_VIRTIO_STRIDE };

        for (unsigned j = 0; j < KIND_COUNT; j++) {
            if (kinds[j].kind->id != info->virtio[i].device_id || !is_wanted(kinds[j].kind))
                continue;
            bad += attack_device(&device, j, &made);
            queues_attacked++;
        }
    }
    if (amp_bootarg("death"))
        bad += !event_queue_at_death();
    if (bad != 0 || queues_attacked == 0) {
        amp_printf("misbehave-virtqueue: BROKEN, %u of %u attacks on %u queues\n", bad, made, queues_attacked);
        return 1;
    }
    amp_printf("misbehave-virtqueue: %u attacks, all devices work\n", made);
    return 0;
}
