/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the monitor is, to the module (amp_monitor_header, first bytes of monitor.bin), and what it finds when it starts on a
 * core (amp_boot_info, physical address in x0, MMU off, written and cleaned to the point of coherency by the module).
 * All addresses here are host-physical unless called gpa.
 */
#ifndef AMP_ABI_BOOT_INFO_H
#define AMP_ABI_BOOT_INFO_H

#include "types.h"
#include "version.h"

#define AMP_MONITOR_MAGIC 0x4e4f4d41u   /* "AMON" */
#define AMP_BOOT_INFO_MAGIC 0x544f4f42u /* "BOOT" */
/* Page-table pages that the module adds for the monitor's own stage 1. */
#define AMP_STAGE1_TABLES 40

#ifndef __ASSEMBLER__

/* Offset 0 of monitor.bin. The image is position independent and runs at any AMP_MONITOR_ALIGN-aligned physical address. */
struct amp_monitor_header {
    uint32_t branch; /* instruction: to the entry point */
    uint32_t magic;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t pad;
    uint64_t file_size;   /* bytes of monitor.bin */
    uint64_t memory_size; /* with zeroed data and stack, page aligned; the page-table pool follows it */
};
AMP_ABI_SIZE(struct amp_monitor_header, 32);

struct amp_area {
    uint64_t pa;
    uint64_t size;
};
AMP_ABI_SIZE(struct amp_area, 16);

/* A piece of the partition's address space: regions of the descriptor joined with the pages found for them, sorted by gpa. */
struct amp_extent {
    uint64_t gpa;
    uint64_t pa;
    uint64_t size;
    uint32_t access; /* AMP_ACCESS_* */
    uint32_t device; /* 1: Device-nGnRE, 0: Normal write-back */
};
AMP_ABI_SIZE(struct amp_extent, 32);

/* amp_boot_info.flags. MPAM: Linux itself writes MPAM's registers at this core's EL2, so that the firmware lets it. */
#define AMP_BOOT_MPAM 1u
#define AMP_BOOT_FLAGS 0x1u /* all that there are */

struct amp_boot_info {
    uint32_t magic;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size; /* of this structure */
    uint32_t slot; /* this partition's index into the doorbell slots */
    uint64_t mpidr;
    /* the monitor's private memory: image, data, stack, then the page-table pool up to its end */
    struct amp_area monitor;
    /* shared with the module; each page aligned */
    struct amp_area descriptor;  /* struct amp_partition blob; read only */
    struct amp_area extents;     /* struct amp_extent[extent_count]; read only */
    struct amp_area mailbox;     /* struct amp_mailbox */
    struct amp_area stats;       /* struct amp_stats */
    struct amp_area exit_record; /* struct amp_exit_record */
    struct amp_area log;         /* struct amp_stream; the monitor produces */
    struct amp_area console_out; /* struct amp_stream; the monitor produces */
    struct amp_area console_in;  /* struct amp_stream; the module produces */
    struct amp_area slots;       /* struct amp_doorbell_slot[AMP_PARTITIONS_MAX], shared by all monitors and the module */
    uint32_t extent_count;
    /* the host's interrupt controller */
    uint32_t gic_version;       /* 2 or 3 */
    struct amp_area gicd;
    struct amp_area gicr;       /* GICv3: this core's own frames (RD_base, SGI_base; 128 KiB or 256 KiB) */
    struct amp_area gicc;       /* GICv2: physical CPU interface */
    struct amp_area gich;       /* GICv2: virtual interface control */
    struct amp_area gicv;       /* GICv2: virtual CPU interface, mapped to the guest at gicc_gpa */
    uint32_t kick_sgi;          /* SGI 0-7 that calls the monitor */
    uint32_t maintenance_intid; /* PPI of the virtual interface */
    uint32_t virtual_timer_intid;  /* physical PPIs; the guest sees 27 and 30 */
    uint32_t physical_timer_intid;
    uint32_t pmu_intid; /* physical PPI of the PMU's overflow interrupt, which the guest sees as 23; 0: none */
    uint32_t flags;     /* AMP_BOOT_* */
    uint64_t reserved[7];
};
AMP_ABI_SIZE(struct amp_boot_info, 352);
AMP_ABI_OFFSET(struct amp_boot_info, extent_count, 184);
AMP_ABI_OFFSET(struct amp_boot_info, kick_sgi, 272);

#endif /* __ASSEMBLER__ */

#define AMP_MONITOR_ALIGN 0x1000

#endif
