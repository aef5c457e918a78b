/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The firmware's end of rpmsg (amp/abi/rpmsg.h). The guest declares its resource table with AMP_RPMSG_TABLE; dom0's side fills
 * the vrings' addresses in and says DRIVER_OK in it. Nothing waits but the two amp_rpmsg_wait*.
 */
#ifndef AMP_GUEST_RPMSG_H
#define AMP_GUEST_RPMSG_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/abi/rpmsg.h"
#include "amp/guest/vring.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One rpmsg device with two vrings; addresses left to dom0. */
struct amp_rpmsg_table {
    struct amp_rsc_table head;
    uint32_t offset[1];
    struct amp_rsc_vdev vdev;
    struct amp_rsc_vring vring[AMP_RPMSG_VRINGS];
};

/* buffers: per direction, a power of two. */
#define AMP_RPMSG_TABLE(name, buffers) \
    __attribute__((section(AMP_RSC_SECTION), used, aligned(8))) struct amp_rpmsg_table name = { \
        .head = { .version = AMP_RSC_VERSION, .count = 1 }, \
        .offset = { __builtin_offsetof(struct amp_rpmsg_table, vdev) }, \
        .vdev = { .type = AMP_RSC_VDEV, .id = AMP_VIRTIO_ID_RPMSG, .device_features = AMP_RPMSG_FEATURE_NS, \
                  .vring_count = AMP_RPMSG_VRINGS }, \
        .vring = { { .da = AMP_RSC_ANY, .align = 4096, .num = (buffers), .notifyid = 0 }, \
                   { .da = AMP_RSC_ANY, .align = 4096, .num = (buffers), .notifyid = 1 } }, \
    }

struct amp_rpmsg {
    struct amp_rpmsg_table *table;
    struct amp_vring to_dom0, to_guest;
    uintptr_t device; /* registers of the virtio device that carries the notifications */
    volatile uint32_t rung_count;
};

struct amp_rpmsg_message {
    uint32_t source, destination;
    uint32_t length;
};

#define AMP_RPMSG_OK 0
#define AMP_RPMSG_EMPTY 1
#define AMP_RPMSG_NO_BUFFER 2
#define AMP_RPMSG_TOO_LONG 3
#define AMP_RPMSG_BAD 4 /* what dom0 put into the vring is no message */

/* Finds the partition's rpmsg device and waits until dom0's side is ready. False: there is no such device. */
bool amp_rpmsg_open(struct amp_rpmsg *rpmsg, struct amp_rpmsg_table *table);
/* An endpoint of ours appears (AMP_RPMSG_NS_CREATE) or goes (AMP_RPMSG_NS_DESTROY). */
int amp_rpmsg_announce(struct amp_rpmsg *rpmsg, const char *name, uint32_t address, uint32_t flags);
/* One message of at most AMP_RPMSG_MESSAGE_MAX bytes. */
int amp_rpmsg_send(struct amp_rpmsg *rpmsg, uint32_t source, uint32_t destination, const void *data, uint32_t length);
/* One message into `buffer`; a longer one is cut and AMP_RPMSG_TOO_LONG returned. */
int amp_rpmsg_receive(struct amp_rpmsg *rpmsg, struct amp_rpmsg_message *message, void *buffer, uint32_t capacity);
/* Sleeps until there is a message. Interrupt handlers run meanwhile. */
void amp_rpmsg_wait(struct amp_rpmsg *rpmsg);
/* Sleeps until a message can be sent. */
void amp_rpmsg_wait_space(struct amp_rpmsg *rpmsg);

#ifdef __cplusplus
}
#endif
#endif
