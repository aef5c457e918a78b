/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a guest without a device-tree parser reads about itself: one read-only page at AMP_INFO_GPA unless the description
 * moves it. The partitioner emits it, it is loaded like any other segment; the privileged side never reads it.
 */
#ifndef AMP_ABI_INFO_PAGE_H
#define AMP_ABI_INFO_PAGE_H

#include "partition.h"
#include "types.h"
#include "version.h"

#define AMP_INFO_MAGIC 0x4f464e49u /* "INFO" */
#define AMP_INFO_GPA 0x0c000000
#define AMP_CHANNEL_GPA 0x0c010000 /* the first channel, unless the description places it */
#define AMP_CHANNEL_GPA_END 0x0e000000
#define AMP_CHANNEL_INTID 96       /* + channel index */

#ifndef __ASSEMBLER__

struct amp_info_channel {
    char name[AMP_NAME_SIZE];
    char peer[AMP_NAME_SIZE];
    uint64_t gpa;
    uint64_t size;
    uint32_t intid;
    uint32_t side;
    uint64_t pad;
};
AMP_ABI_SIZE(struct amp_info_channel, 96);

struct amp_info_virtio {
    uint32_t device_id; /* virtio 1.2, section 5 */
    uint32_t intid;
};
AMP_ABI_SIZE(struct amp_info_virtio, 8);

struct amp_info_page {
    uint32_t magic;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size;
    uint32_t id;
    char name[AMP_NAME_SIZE];
    uint64_t ram_gpa;  /* the region the entry point lies in */
    uint64_t ram_size;
    uint64_t dtb_gpa;
    uint32_t gic_version;
    uint32_t console_intid; /* 0: no console */
    uint64_t gicd_gpa, gicr_gpa, gicc_gpa, console_gpa;
    uint32_t channel_count;
    uint32_t pad;
    char bootargs[512]; /* /chosen/bootargs, NUL-terminated; a longer one is only in the device tree */
    struct amp_info_channel channels[AMP_CHANNELS_MAX];
    uint64_t virtio_gpa; /* of device 0; device n is AMP_VIRTIO_STRIDE * n further. 0: no virtio window */
    uint32_t virtio_count;
    uint32_t pad1;
    struct amp_info_virtio virtio[AMP_VIRTIO_MAX];
};
AMP_ABI_SIZE(struct amp_info_page, 3976);
AMP_ABI_OFFSET(struct amp_info_page, virtio_gpa, 3704);

#endif /* __ASSEMBLER__ */
#endif
