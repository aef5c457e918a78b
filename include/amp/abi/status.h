/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One list of what can go wrong, shared by the module (amp_report), the monitor (boot failures) and ampctl (texts). Numbers
 * never change; new ones go to the end. Names and texts are generated from the list so that none can be missing.
 *
 * AMP_STATUS_LIST(X): X(NAME, number, text). In texts, `index` and `value` are those of struct amp_report.
 */
#ifndef AMP_ABI_STATUS_H
#define AMP_ABI_STATUS_H

#include "types.h"

/* clang-format off */
#define AMP_STATUS_LIST(X) \
    X(OK,                 0, "done") \
    /* the descriptor: the caller's fault */ \
    X(BAD_MAGIC,          1, "not a partition descriptor") \
    X(BAD_VERSION,        2, "descriptor of another ABI version (value)") \
    X(BAD_SIZE,           3, "descriptor size or an array in it does not fit") \
    X(BAD_FLAGS,          4, "unknown flag (value)") \
    X(BAD_RESERVED,       5, "a reserved field (offset index) is not zero") \
    X(BAD_NAME,           6, "name is empty, not terminated or has a character outside [a-z0-9-]") \
    X(BAD_ID,             7, "partition id is zero") \
    X(BAD_CORE,           8, "core index: no such core, or its MPIDR is not value") \
    X(BAD_REGION,         9, "region index is empty, unaligned, beyond the address range or of unknown kind") \
    X(REGION_OVERLAP,    10, "region index overlaps another one or a virtual device at value") \
    X(BAD_PHYSICAL,      11, "region index: physical address value is Linux's memory or no reserved memory") \
    X(BAD_IRQ,           12, "interrupt index (INTID value) can't be given to a guest") \
    X(BAD_CHANNEL,       13, "channel index: bad size, region, interrupt or peer") \
    X(BAD_ENTRY,         14, "entry point or device tree address value lies outside the partition's memory") \
    X(BAD_PLATFORM,      15, "virtual platform: address value unaligned or overlapping, or another GIC version than the host's") \
    X(BAD_SEGMENT,       16, "segment at value lies outside the partition's memory or overlaps an earlier one") \
    X(BAD_VIRTIO,        17, "virtio device index: bad name, device id, interrupt or number of queues, or no window") \
    /* conflicts with what is there */ \
    X(NAME_IN_USE,       32, "a partition of that name exists") \
    X(ID_IN_USE,         33, "a partition of that id exists") \
    X(CORE_IN_USE,       34, "core value belongs to another partition") \
    X(CORE_OFFLINE,      35, "core value is offline") \
    X(CORE_LAST,         36, "core value is the last online one, or the boot core that Linux keeps") \
    X(CORE_REFUSED,      37, "Linux refused to take core value offline") \
    X(NO_CORE,           38, "the partition has no core assigned") \
    X(DOORBELL_IN_USE,   39, "doorbell interrupt value is used by a Linux driver") \
    X(DOORBELL_DEAD,     40, "doorbell interrupt value never arrived in its self-test") \
    X(CHANNEL_MISMATCH,  41, "channel index: the peer describes it with another size or peer") \
    X(BAD_STATE,         42, "not in this state (value)") \
    X(NOT_LOADED,        43, "nothing was loaded at the entry point") \
    X(NOT_FOUND,         44, "no such partition") \
    X(TOO_MANY,          45, "no more partitions are possible") \
    X(BACKEND_SILENT,    46, "the back end of virtio device index still uses the memory of the run before and does not answer") \
    /* resources and hardware */ \
    X(OUT_OF_MEMORY,     64, "value more bytes of memory were needed") \
    X(CORE_START_FAILED, 65, "firmware did not start core index (PSCI error value)") \
    X(CORE_STUCK,        66, "core index did not turn off; it stays out of use") \
    X(MONITOR_SILENT,    67, "the monitor did not answer from core index") \
    X(MONITOR_REFUSED,   68, "the monitor refused its boot information (monitor status value)") \
    X(MONITOR_ABI,       69, "monitor and module are of different ABI versions") \
    /* this machine can't serve */ \
    X(NO_EL2,            96, "Linux was not started at EL2: there is no exception level for the monitor") \
    X(PROTECTED_KVM,     97, "protected KVM owns EL2") \
    X(NO_PSCI,           98, "the device tree has no PSCI node with method smc") \
    X(NO_GIC,            99, "no GICv2 with virtualization or GICv3 found in the device tree") \
    X(NO_AARCH32,       100, "core value has no AArch32 at EL1, which a 32-bit guest needs") \
    /* tests */ \
    X(INJECTED,         120, "failure injected at step value (module parameter fail_step)")
/* clang-format on */

#define AMP_STATUS_CONSTANT(name, number, text) AMP_STATUS_##name = number,
#ifndef __ASSEMBLER__
enum { AMP_STATUS_LIST(AMP_STATUS_CONSTANT) };

/* Why a call failed, beside errno: which element of the descriptor or which core, and a value whose meaning the status gives. */
struct amp_report {
    uint32_t status;
    uint32_t index;
    uint64_t value;
};
AMP_ABI_SIZE(struct amp_report, 16);
#endif

#endif
