/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The device's end of a split virtqueue (virtio 1.2, 2.7), as firmware has it towards dom0: takes buffers that the driver made
 * available and gives them back used. Waits for nothing; whether to notify is the caller's business.
 */
#ifndef AMP_GUEST_VRING_H
#define AMP_GUEST_VRING_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/abi/rpmsg.h"

#ifdef __cplusplus
extern "C" {
#endif

struct amp_vring {
    const struct amp_vring_desc *desc;
    const struct amp_vring_avail *avail;
    struct amp_vring_used *used;
    uint32_t num;
    uint16_t taken;    /* index of the next available entry */
    uint16_t returned; /* our used index */
};

#define AMP_VRING_EMPTY 0
#define AMP_VRING_TAKEN 1
#define AMP_VRING_BAD 2

struct amp_vring_buffer {
    void *data;
    uint32_t length;
    uint16_t id;
};

/* memory: amp_vring_size(num, align) bytes; num a power of two, at most AMP_VRING_NUM_MAX. */
void amp_vring_init(struct amp_vring *vring, void *memory, uint32_t num, uint32_t align);
/* AMP_VRING_BAD: an entry that no driver makes (a chain, an index beyond the table) was dropped. */
int amp_vring_take(struct amp_vring *vring, struct amp_vring_buffer *buffer);
/* written: bytes that we put into it. */
void amp_vring_give(struct amp_vring *vring, const struct amp_vring_buffer *buffer, uint32_t written);
/* Whether something is available. */
bool amp_vring_has(const struct amp_vring *vring);
/* Whether the driver wants to be notified of what was given. */
bool amp_vring_need_notify(const struct amp_vring *vring);

#ifdef __cplusplus
}
#endif
#endif
