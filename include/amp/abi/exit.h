/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Why a guest came to its end (amp_exit_record) and what it cost while it ran (amp_stats). The monitor writes both, the
 * module and ampctl read them; names and texts come from the lists so that none can be missing. Numbers never change.
 */
#ifndef AMP_ABI_EXIT_H
#define AMP_ABI_EXIT_H

#include "types.h"

/* X(NAME, number, crash, text): crash = 1 makes the partition crashed, 0 stopped */
/* clang-format off */
#define AMP_EXIT_LIST(X) \
    X(NONE,             0, 0, "has not ended") \
    X(STOPPED,          1, 0, "stopped on request") \
    X(SYSTEM_OFF,       2, 0, "guest called PSCI SYSTEM_OFF") \
    X(SYSTEM_RESET,     3, 0, "guest called PSCI SYSTEM_RESET") \
    X(CPU_OFF,          4, 0, "guest turned its only processor off (PSCI CPU_OFF)") \
    X(UNMAPPED_READ,   16, 1, "read of an address the partition does not have") \
    X(UNMAPPED_WRITE,  17, 1, "write to an address the partition does not have") \
    X(UNMAPPED_FETCH,  18, 1, "jump to an address the partition does not have") \
    X(DENIED_READ,     19, 1, "read of memory it may not read") \
    X(DENIED_WRITE,    20, 1, "write to memory it may only read") \
    X(DENIED_FETCH,    21, 1, "jump into memory it may not execute") \
    X(NO_SYNDROME,     22, 1, "device access by an instruction that can't be emulated (no syndrome)") \
    X(BAD_DEVICE_ACCESS, 23, 1, "device access of a width or alignment the device does not have") \
    X(EXTERNAL_ABORT,  24, 1, "external abort or SError") \
    X(UNKNOWN_TRAP,    25, 1, "trap of an unexpected class") \
    X(TABLE_WALK,      26, 1, "translation tables outside the partition's memory") \
    X(MONITOR_FAULT,   40, 1, "fault inside the monitor (a bug of ours; please report)")

/* X(NAME, number, text): causes of exits from the guest to the monitor */
#define AMP_CAUSE_LIST(X) \
    X(HVC,               0, "hypercall") \
    X(SMC,               1, "SMC") \
    X(SYSREG,            2, "system register") \
    X(SGI,               3, "SGI to itself") \
    X(GICD,              4, "GIC distributor") \
    X(GICR,              5, "GIC redistributor") \
    X(CONSOLE,           6, "console") \
    X(VIRTUAL_TIMER,     7, "virtual timer") \
    X(PHYSICAL_TIMER,    8, "physical timer") \
    X(DEVICE_IRQ,        9, "device interrupt") \
    X(KICK,             10, "kick from dom0 or a peer") \
    X(MAINTENANCE,      11, "list register refill") \
    X(SET_WAY,          12, "set/way cache maintenance") \
    X(FAULT,            13, "fault") \
    X(SPURIOUS,         14, "spurious interrupt") \
    X(OTHER,            15, "other") \
    X(VIRTIO,           16, "virtio device") \
    X(VIRTIO_FORWARD,   17, "virtio register, answered by dom0")
/* clang-format on */
#define AMP_CAUSE_COUNT 18
/* Room in amp_stats, so that a new cause moves nothing. */
#define AMP_CAUSES_MAX 24

#ifndef __ASSEMBLER__

#define AMP_EXIT_CONSTANT(name, number, crash, text) AMP_EXIT_##name = number,
enum { AMP_EXIT_LIST(AMP_EXIT_CONSTANT) };
#define AMP_CAUSE_CONSTANT(name, number, text) AMP_CAUSE_##name = number,
enum { AMP_CAUSE_LIST(AMP_CAUSE_CONSTANT) };

/* Registers as the guest had them at its last exit. */
struct amp_exit_record {
    uint32_t reason; /* AMP_EXIT_* */
    uint32_t ifsr;   /* of a 32-bit guest: IFSR32_EL2; else 0 */
    uint64_t esr;  /* ESR_EL2 */
    uint64_t far;  /* FAR_EL2 */
    uint64_t ipa;  /* faulting guest-physical address (HPFAR_EL2 with FAR_EL2's page offset), or 0 */
    uint64_t pc;   /* ELR_EL2 */
    uint64_t pstate; /* SPSR_EL2 */
    uint64_t x[31]; /* of a 32-bit guest: its registers of all modes, as the architecture maps them to these */
    uint64_t sp_el0, sp_el1;
    uint64_t elr_el1, spsr_el1, esr_el1, far_el1, vbar_el1, sctlr_el1, tcr_el1, ttbr0_el1, ttbr1_el1;
    uint64_t ticks; /* CNTPCT_EL0 at the end */
};
AMP_ABI_SIZE(struct amp_exit_record, 392);

struct amp_stats {
    uint64_t exits[AMP_CAUSES_MAX];
    uint64_t injected;     /* interrupts put into a list register */
    uint64_t overflows;    /* times more were pending than list registers */
    uint64_t doorbells_in;
    uint64_t doorbells_out;
    uint64_t console_in;   /* bytes */
    uint64_t console_out;
    uint64_t undefined;    /* undefined-instruction exceptions given to the guest */
    uint64_t monitor_ticks; /* CNTPCT_EL0 at the monitor's first instruction */
    uint64_t guest_ticks;  /* CNTPCT_EL0 at the guest's first instruction */
    uint64_t table_pages;  /* page-table pages in use, both stages */
    uint64_t reserved[6];
};
AMP_ABI_SIZE(struct amp_stats, 320);

#endif /* __ASSEMBLER__ */
#endif
