// SPDX-License-Identifier: GPL-2.0-only
// A driver that tries every attack on the queues of each network, block, console and entropy device it has. Between two of
// them the device is reset, brought up and has to answer honestly. Boot argument: "dom0=N", dom0's IPv4 address as a number,
// which answers ARP. Expected: every attack ends as it must, and the guest ends by itself.
#include "attack.h"

static const struct {
    const struct kind *kind;
    const struct attacks *own;
} kinds[] = {
    { &net_kind, &net_attacks },         { &net_receive_kind, NULL }, { &blk_kind, &blk_attacks },
    { &console_kind, &console_attacks }, { &console_input_kind, NULL }, { &rng_kind, &rng_attacks },
};

static const struct attacks *const common[] = {
    &ring_attacks, &buffer_attacks, &indirect_attacks, &setup_attacks, &race_attacks,
};

static unsigned attack_device(struct device *device, const struct attacks *own, unsigned *made)
{
    unsigned bad = 0;

    device->queue = &queues[device->kind->attacked];
    if (!bring_up(device) || !device->kind->honest(device)) {
        amp_printf("misbehave-virtqueue: BROKEN, %s does not work before any attack\n", device->kind->name);
        return 1;
    }
    amp_printf("misbehave-virtqueue: %s works, features 0x%lx\n", device->kind->name, device->features);
    for (unsigned i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        bad += attack_all(device, common[i], made);
    if (own != NULL)
        bad += attack_all(device, own, made);
    reset(device);
    return bad;
}

int main(void)
{
    const struct amp_info_page *info = amp_platform.info;
    unsigned bad = 0, made = 0, queues_attacked = 0;

    amp_irq_mask();
    for (unsigned i = 0; info != NULL && i < info->virtio_count; i++) {
        struct device device = { .registers = (uintptr_t)info->virtio_gpa + i * AMP_VIRTIO_STRIDE };

        for (unsigned j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++) {
            if (kinds[j].kind->id != info->virtio[i].device_id)
                continue;
            device.kind = kinds[j].kind;
            bad += attack_device(&device, kinds[j].own, &made);
            queues_attacked++;
        }
    }
    if (bad != 0 || queues_attacked == 0) {
        amp_printf("misbehave-virtqueue: BROKEN, %u of %u attacks on %u queues\n", bad, made, queues_attacked);
        return 1;
    }
    amp_printf("misbehave-virtqueue: %u attacks, all devices work\n", made);
    return 0;
}
