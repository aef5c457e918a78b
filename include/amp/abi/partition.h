/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The flat partition descriptor: what ampctl's planner emits, the module checks and keeps, and the monitor enforces. One
 * contiguous blob: struct amp_partition, then the arrays that its offsets name (each 8-byte aligned, not overlapping).
 * Addresses are guest-physical (gpa) or host-physical (pa), sizes are bytes, both multiples of AMP_PAGE_SIZE.
 */
#ifndef AMP_ABI_PARTITION_H
#define AMP_ABI_PARTITION_H

#include "types.h"
#include "version.h"

#define AMP_PARTITION_MAGIC 0x54524150u /* "PART" */
#define AMP_PARTITION_SIZE_MAX 0x10000u
#define AMP_REGIONS_MAX 64
#define AMP_IRQS_MAX 64
/* Guest-physical addresses end here: a 39-bit stage 2 starts at level 1 with one table. */
#define AMP_GPA_LIMIT 0x8000000000ull
/* Highest INTID + 1 of the emulated distributor. */
#define AMP_INTID_LIMIT 256

/* amp_partition.flags */
#define AMP_PARTITION_CONSOLE 0x1u /* PL011 at console_gpa, INTID console_intid */
#define AMP_PARTITION_AARCH32 0x2u /* the VCPU is a 32-bit one: EL1 is AArch32 */
#define AMP_PARTITION_FLAGS 0x3u   /* all that are accepted today */

/*
 * The virtio-mmio window: AMP_VIRTIO_MAX transports (virtio 1.2, 4.2) of AMP_VIRTIO_STRIDE bytes. Transport n is device n of the
 * virtio array; those behind the last read as DeviceID 0, which means that there is no device (4.2.3.1.1).
 */
#define AMP_VIRTIO_MAX 32
#define AMP_VIRTIO_STRIDE 0x200u
#define AMP_VIRTIO_WINDOW 0x4000u
#define AMP_VIRTIO_QUEUES_MAX 16
/* VendorID of every transport: "AMP" and a NUL, as bytes. */
#define AMP_VIRTIO_VENDOR 0x00504d41u

#ifndef __ASSEMBLER__

struct amp_partition {
    uint32_t magic;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size; /* of the whole blob */
    uint32_t flags;
    char name[AMP_NAME_SIZE];
    uint32_t id;          /* 1.. , unique */
    uint32_t gic_version; /* 2 or 3; the host's */
    uint64_t entry;       /* first instruction, in an executable memory region */
    uint64_t dtb_gpa;     /* x0 at entry (AArch32: r2; r0 is 0, r1 all ones); 0: none */
    /* virtual platform */
    uint64_t gicd_gpa;    /* 64 KiB (GICv3) or 4 KiB (GICv2) emulated */
    uint64_t gicr_gpa;    /* GICv3: 128 KiB emulated redistributor; GICv2: 0 */
    uint64_t gicc_gpa;    /* GICv2: 8 KiB, GICV mapped there; GICv3: 0 */
    uint64_t console_gpa; /* 4 KiB PL011; 0 without AMP_PARTITION_CONSOLE */
    uint32_t console_intid;
    uint32_t doorbell_intid; /* physical SPI (INTID >= 32) that the monitor pends to call Linux */
    /* arrays: offset from the blob's start, element count; an absent one may be 0, 0 */
    uint32_t core_offset, core_count; /* one core for now */
    uint32_t region_offset, region_count;
    uint32_t irq_offset, irq_count;
    uint32_t channel_offset, channel_count;
    uint64_t virtio_gpa; /* AMP_VIRTIO_WINDOW bytes emulated; 0: no window, and no device */
    uint32_t virtio_offset, virtio_count;
    uint64_t reserved[2];
};
AMP_ABI_SIZE(struct amp_partition, 176);
AMP_ABI_OFFSET(struct amp_partition, entry, 56);
AMP_ABI_OFFSET(struct amp_partition, core_offset, 112);

struct amp_core {
    uint32_t cpu; /* Linux's number */
    uint32_t pad;
    uint64_t mpidr; /* affinity fields as in cpu@N reg: proves that both mean the same core */
};
AMP_ABI_SIZE(struct amp_core, 16);

/* amp_region.kind */
#define AMP_REGION_MEMORY 1u  /* from Linux's page allocator; pa is 0 */
#define AMP_REGION_FIXED 2u   /* reserved-memory at pa, ordinary RAM */
#define AMP_REGION_DEVICE 3u  /* registers at pa, mapped Device-nGnRE */
#define AMP_REGION_CHANNEL 4u /* shared memory of channel `channel`; pa is 0 */
/* amp_region.access, stage-2 rights */
#define AMP_ACCESS_READ 1u
#define AMP_ACCESS_WRITE 2u
#define AMP_ACCESS_EXECUTE 4u

struct amp_region {
    uint64_t gpa;
    uint64_t size;
    uint64_t pa;
    uint32_t kind;
    uint32_t access;
    uint32_t channel; /* index into the channel array, for AMP_REGION_CHANNEL; else 0 */
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_region, 40);

/* amp_irq.flags */
#define AMP_IRQ_LEVEL 1u /* else edge */

/* A physical SPI owned by the partition, delivered through a hardware-linked list register. */
struct amp_irq {
    uint32_t intid; /* physical, >= 32 */
    uint32_t guest_intid;
    uint32_t flags;
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_irq, 16);

/* amp_channel.peer_kind */
#define AMP_PEER_DOM0 0u
#define AMP_PEER_PARTITION 1u

/*
 * A channel end. Its memory is one AMP_REGION_CHANNEL region laid out as ring.h says. Both ends of a channel have the same
 * name; between two partitions the one with the smaller id is side 0, towards dom0 the partition is side 0 and dom0 side 1.
 */
struct amp_channel {
    char name[AMP_NAME_SIZE];
    char peer[AMP_NAME_SIZE]; /* partition name; "dom0" for AMP_PEER_DOM0 */
    uint64_t size;
    uint32_t peer_kind;
    uint32_t side;
    uint32_t intid; /* virtual SPI that the guest gets as doorbell */
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_channel, 88);

/* A virtio device whose back end runs in dom0 (mailbox.h tells who does what). */
struct amp_virtio {
    char name[AMP_NAME_SIZE];
    uint32_t device_id;   /* virtio 1.2, section 5: 1 network, 2 block, ...; not 0 */
    uint32_t intid;       /* virtual SPI, edge */
    uint32_t queue_count; /* 1 to AMP_VIRTIO_QUEUES_MAX */
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_virtio, 48);

#endif /* __ASSEMBLER__ */
#endif
