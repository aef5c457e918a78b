/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rpmsg between dom0 and a partition's firmware, in the layouts that OpenAMP and Linux use: the resource table of the
 * firmware's ELF section .resource_table, split virtqueues (virtio 1.2, 2.7) and the message header. dom0 is the virtio driver, the
 * firmware the device. All of it lies in the partition's memory; either side takes what the other wrote for hostile.
 *
 * Differs from other carriers of rpmsg in one thing, the interrupt: the firmware notifies a vring by writing its notifyid to
 * QueueNotify of the partition's virtio device (partition.h) and is notified by that device's interrupt.
 */
#ifndef AMP_ABI_RPMSG_H
#define AMP_ABI_RPMSG_H

#include "types.h"

#define AMP_RSC_VERSION 1u
#define AMP_RSC_SECTION ".resource_table"
/* amp_rsc_entry.type */
#define AMP_RSC_CARVEOUT 0u
#define AMP_RSC_DEVMEM 1u
#define AMP_RSC_TRACE 2u
#define AMP_RSC_VDEV 3u
/* Addresses that dom0 chooses. */
#define AMP_RSC_ANY 0xffffffffu

#define AMP_VIRTIO_ID_RPMSG 7u
#define AMP_RPMSG_FEATURE_NS 1u /* bit 0: name service */
#define AMP_VDEV_DRIVER_OK 4u   /* bit of amp_rsc_vdev.status (virtio 1.2, 2.1): dom0's side is ready */

#define AMP_RPMSG_BUFFER_SIZE 512u /* what Linux and OpenAMP use: header and message */
#define AMP_RPMSG_NS_ADDRESS 53u   /* where endpoints are announced */
#define AMP_RPMSG_NAME_SIZE 32
#define AMP_RPMSG_NS_CREATE 0u
#define AMP_RPMSG_NS_DESTROY 1u

/* The two vrings of a VDEV, by their order in the table. */
#define AMP_RPMSG_VRING_TO_DOM0 0u
#define AMP_RPMSG_VRING_TO_GUEST 1u
#define AMP_RPMSG_VRINGS 2u

/* Virtqueue (virtio 1.2, 2.7) */
#define AMP_VRING_NEXT 1u
#define AMP_VRING_WRITE 2u
#define AMP_VRING_AVAIL_NO_INTERRUPT 1u
#define AMP_VRING_USED_NO_NOTIFY 1u
#define AMP_VRING_NUM_MAX 1024u

#ifndef __ASSEMBLER__

struct amp_rsc_table {
    uint32_t version;
    uint32_t count;
    uint32_t reserved[2];
    /* uint32_t offset[count], from the table's start */
};
AMP_ABI_SIZE(struct amp_rsc_table, 16);

/* Behind its type word. */
struct amp_rsc_carveout {
    uint32_t type;
    uint32_t da; /* guest-physical, or AMP_RSC_ANY */
    uint32_t pa;
    uint32_t size;
    uint32_t flags;
    uint32_t reserved;
    char name[32];
};
AMP_ABI_SIZE(struct amp_rsc_carveout, 56);

struct amp_rsc_vring {
    uint32_t da; /* guest-physical, or AMP_RSC_ANY */
    uint32_t align;
    uint32_t num;
    uint32_t notifyid;
    uint32_t pa;
};
AMP_ABI_SIZE(struct amp_rsc_vring, 20);

struct amp_rsc_vdev {
    uint32_t type;
    uint32_t id;
    uint32_t notifyid;
    uint32_t device_features;
    uint32_t driver_features;
    uint32_t config_size;
    uint8_t status;
    uint8_t vring_count;
    uint8_t reserved[2];
    /* struct amp_rsc_vring[vring_count], then config_size bytes */
};
AMP_ABI_SIZE(struct amp_rsc_vdev, 28);

struct amp_vring_desc {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};
AMP_ABI_SIZE(struct amp_vring_desc, 16);

struct amp_vring_avail {
    uint16_t flags;
    uint16_t index;
    /* uint16_t ring[num] */
};
AMP_ABI_SIZE(struct amp_vring_avail, 4);

struct amp_vring_used_entry {
    uint32_t id;
    uint32_t length;
};
AMP_ABI_SIZE(struct amp_vring_used_entry, 8);

struct amp_vring_used {
    uint16_t flags;
    uint16_t index;
    /* struct amp_vring_used_entry[num] */
};
AMP_ABI_SIZE(struct amp_vring_used, 4);

struct amp_rpmsg_header {
    uint32_t source;
    uint32_t destination;
    uint32_t reserved;
    uint16_t length; /* of the message that follows */
    uint16_t flags;
};
AMP_ABI_SIZE(struct amp_rpmsg_header, 16);

#define AMP_RPMSG_MESSAGE_MAX (AMP_RPMSG_BUFFER_SIZE - 16u)

struct amp_rpmsg_announcement {
    char name[AMP_RPMSG_NAME_SIZE];
    uint32_t address;
    uint32_t flags; /* AMP_RPMSG_NS_* */
};
AMP_ABI_SIZE(struct amp_rpmsg_announcement, 40);

/* Offsets in a vring of `num` descriptors whose used ring is aligned to `align` (virtio 1.2, 2.7, legacy layout). */
static inline uint32_t amp_vring_avail_offset(uint32_t num)
{
    return num * 16u;
}
static inline uint32_t amp_vring_used_offset(uint32_t num, uint32_t align)
{
    /* descriptors, avail with its event word */
    return (amp_vring_avail_offset(num) + 6u + 2u * num + align - 1u) & ~(align - 1u);
}
static inline uint32_t amp_vring_size(uint32_t num, uint32_t align)
{
    return amp_vring_used_offset(num, align) + 6u + 8u * num;
}

#endif /* __ASSEMBLER__ */
#endif
