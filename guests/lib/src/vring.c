/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The device's side of a split virtqueue. The driver is dom0, which the firmware trusts; indices are masked all the same. */
#include "amp/guest/vring.h"

#include <stddef.h>

static uint16_t load_acquire(const uint16_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static const uint16_t *avail_ring(const struct amp_vring *vring)
{
    return (const uint16_t *)(vring->avail + 1);
}

static struct amp_vring_used_entry *used_ring(const struct amp_vring *vring)
{
    return (void *)(vring->used + 1);
}

void amp_vring_init(struct amp_vring *vring, void *memory, uint32_t num, uint32_t align)
{
    uint8_t *at = memory;

    vring->desc = memory;
    vring->avail = (const void *)(at + amp_vring_avail_offset(num));
    vring->used = (void *)(at + amp_vring_used_offset(num, align));
    vring->num = num;
    /* A firmware that starts finds fresh rings; one that was only reset by itself goes on where the used index says. */
    vring->returned = load_acquire(&vring->used->index);
    vring->taken = vring->returned;
}

bool amp_vring_has(const struct amp_vring *vring)
{
    /* Acquire, partner: the driver's release of avail.index after ring entry, descriptor and buffer. */
    return load_acquire(&vring->avail->index) != vring->taken;
}

int amp_vring_take(struct amp_vring *vring, struct amp_vring_buffer *buffer)
{
    const struct amp_vring_desc *desc;
    uint16_t id;

    if (!amp_vring_has(vring))
        return AMP_VRING_EMPTY;
    id = avail_ring(vring)[vring->taken & (vring->num - 1)];
    vring->taken++;
    if (id >= vring->num || (vring->desc[id].flags & AMP_VRING_NEXT))
        return AMP_VRING_BAD;
    desc = &vring->desc[id];
    buffer->data = (void *)(uintptr_t)desc->address;
    buffer->length = desc->length;
    buffer->id = id;
    return AMP_VRING_TAKEN;
}

void amp_vring_give(struct amp_vring *vring, const struct amp_vring_buffer *buffer, uint32_t written)
{
    struct amp_vring_used_entry *entry = &used_ring(vring)[vring->returned & (vring->num - 1)];

    entry->id = buffer->id;
    entry->length = written;
    vring->returned++;
    /* Release, partner: the driver's acquire of used.index; entry and buffer before. */
    __atomic_store_n(&vring->used->index, vring->returned, __ATOMIC_RELEASE);
}

bool amp_vring_need_notify(const struct amp_vring *vring)
{
    /* Our used index before the driver's flag; partner: the driver's barrier between its flag and its next look at the index. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return (__atomic_load_n(&vring->avail->flags, __ATOMIC_RELAXED) & AMP_VRING_AVAIL_NO_INTERRUPT) == 0;
}
