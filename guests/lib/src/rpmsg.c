/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rpmsg over two vrings; notifications by the partition's virtio device (registers: virtio 1.2, 4.2.2). */
#include "amp/guest/rpmsg.h"

#include <string.h>

#include "amp/abi/partition.h"
#include "amp/guest/cpu.h"
#include "amp/guest/info.h"
#include "amp/guest/irq.h"
#include "amp/guest/mmio.h"

#define QUEUE_NOTIFY 0x50
#define INTERRUPT_STATUS 0x60
#define INTERRUPT_ACK 0x64

static void on_interrupt(uint32_t intid, void *context)
{
    struct amp_rpmsg *rpmsg = context;

    (void)intid;
    amp_mmio_write32(rpmsg->device + INTERRUPT_ACK, amp_mmio_read32(rpmsg->device + INTERRUPT_STATUS));
    rpmsg->rung_count++;
}

static bool find_device(uintptr_t *device, uint32_t *intid)
{
    const struct amp_info_page *info = amp_platform.info;
    uint32_t count = info == NULL ? 0 : info->virtio_count;

    for (uint32_t i = 0; i < count && i < AMP_VIRTIO_MAX; i++) {
        if (info->virtio[i].device_id == AMP_VIRTIO_ID_RPMSG) {
            *device = (uintptr_t)info->virtio_gpa + i * AMP_VIRTIO_STRIDE;
            *intid = info->virtio[i].intid;
            return true;
        }
    }
    return false;
}

/* Sleeps unless an interrupt came since `before` was read; see amp_cpu_wait. */
static void sleep_unless_rung(struct amp_rpmsg *rpmsg, uint32_t before)
{
    amp_irq_mask();
    if (rpmsg->rung_count == before)
        amp_cpu_wait();
    amp_irq_unmask();
}

static bool driver_ready(const struct amp_rpmsg *rpmsg)
{
    /* Acquire, partner: dom0's release of the status after it laid out the vrings. */
    return (__atomic_load_n(&rpmsg->table->vdev.status, __ATOMIC_ACQUIRE) & AMP_VDEV_DRIVER_OK) != 0;
}

static void wait_driver(struct amp_rpmsg *rpmsg)
{
    uint32_t before = rpmsg->rung_count;

    while (!driver_ready(rpmsg)) {
        sleep_unless_rung(rpmsg, before);
        before = rpmsg->rung_count;
    }
}

static void init_vring(struct amp_vring *vring, const struct amp_rsc_vring *entry)
{
    amp_vring_init(vring, (void *)(uintptr_t)entry->da, entry->num, entry->align);
}

bool amp_rpmsg_open(struct amp_rpmsg *rpmsg, struct amp_rpmsg_table *table)
{
    uint32_t intid;

    rpmsg->table = table;
    rpmsg->rung_count = 0;
    if (!find_device(&rpmsg->device, &intid))
        return false;
    amp_irq_enable(intid, true, on_interrupt, rpmsg);
    wait_driver(rpmsg);
    init_vring(&rpmsg->to_dom0, &table->vring[AMP_RPMSG_VRING_TO_DOM0]);
    init_vring(&rpmsg->to_guest, &table->vring[AMP_RPMSG_VRING_TO_GUEST]);
    return true;
}

static void notify(struct amp_rpmsg *rpmsg, const struct amp_vring *vring, uint32_t index)
{
    if (amp_vring_need_notify(vring))
        amp_mmio_write32(rpmsg->device + QUEUE_NOTIFY, rpmsg->table->vring[index].notifyid);
}

int amp_rpmsg_send(struct amp_rpmsg *rpmsg, uint32_t source, uint32_t destination, const void *data, uint32_t length)
{
    struct amp_rpmsg_header *header;
    struct amp_vring_buffer buffer;
    int status;

    if (length > AMP_RPMSG_MESSAGE_MAX)
        return AMP_RPMSG_TOO_LONG;
    status = amp_vring_take(&rpmsg->to_dom0, &buffer);
    if (status != AMP_VRING_TAKEN)
        return status == AMP_VRING_EMPTY ? AMP_RPMSG_NO_BUFFER : AMP_RPMSG_BAD;
    if (buffer.length < sizeof(*header) + length) {
        amp_vring_give(&rpmsg->to_dom0, &buffer, 0);
        return AMP_RPMSG_TOO_LONG;
    }
    header = buffer.data;
    *header = (struct amp_rpmsg_header){ source, destination, 0, (uint16_t)length, 0 };
    memcpy(header + 1, data, length);
    amp_vring_give(&rpmsg->to_dom0, &buffer, (uint32_t)sizeof(*header) + length);
    notify(rpmsg, &rpmsg->to_dom0, AMP_RPMSG_VRING_TO_DOM0);
    return AMP_RPMSG_OK;
}

int amp_rpmsg_announce(struct amp_rpmsg *rpmsg, const char *name, uint32_t address, uint32_t flags)
{
    struct amp_rpmsg_announcement announcement = { .address = address, .flags = flags };
    size_t length = strlen(name);

    if (length >= sizeof(announcement.name))
        return AMP_RPMSG_TOO_LONG;
    memcpy(announcement.name, name, length);
    return amp_rpmsg_send(rpmsg, address, AMP_RPMSG_NS_ADDRESS, &announcement, sizeof(announcement));
}

static int copy_out(const struct amp_vring_buffer *buffer, struct amp_rpmsg_message *message, void *to, uint32_t capacity)
{
    const struct amp_rpmsg_header *header = buffer->data;

    if (buffer->length < sizeof(*header) || header->length > buffer->length - sizeof(*header))
        return AMP_RPMSG_BAD;
    *message = (struct amp_rpmsg_message){ header->source, header->destination, header->length };
    if (message->length > capacity)
        message->length = capacity;
    memcpy(to, header + 1, message->length);
    return message->length == header->length ? AMP_RPMSG_OK : AMP_RPMSG_TOO_LONG;
}

int amp_rpmsg_receive(struct amp_rpmsg *rpmsg, struct amp_rpmsg_message *message, void *buffer, uint32_t capacity)
{
    struct amp_vring_buffer taken;
    int status;

    status = amp_vring_take(&rpmsg->to_guest, &taken);
    if (status != AMP_VRING_TAKEN)
        return status == AMP_VRING_EMPTY ? AMP_RPMSG_EMPTY : AMP_RPMSG_BAD;
    status = copy_out(&taken, message, buffer, capacity);
    amp_vring_give(&rpmsg->to_guest, &taken, 0);
    notify(rpmsg, &rpmsg->to_guest, AMP_RPMSG_VRING_TO_GUEST);
    return status;
}

static void wait_available(struct amp_rpmsg *rpmsg, const struct amp_vring *vring)
{
    uint32_t before = rpmsg->rung_count;

    while (!amp_vring_has(vring)) {
        sleep_unless_rung(rpmsg, before);
        before = rpmsg->rung_count;
    }
}

void amp_rpmsg_wait(struct amp_rpmsg *rpmsg)
{
    wait_available(rpmsg, &rpmsg->to_guest);
}

void amp_rpmsg_wait_space(struct amp_rpmsg *rpmsg)
{
    wait_available(rpmsg, &rpmsg->to_dom0);
}
