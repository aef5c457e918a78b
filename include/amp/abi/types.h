/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Fixed-width types and the one layout-assertion macro for everything in include/amp/abi. Included by the module, the
 * monitor, guests and dom0's tools; it never declares data of its own.
 *
 * Rules of the ABI: fixed-width unsigned fields, natural alignment, every gap a named pad that must be zero, no pointers,
 * enums, bit-fields or bool. All of it is little-endian: arm64 Linux, the monitor and guests run so.
 */
#ifndef AMP_ABI_TYPES_H
#define AMP_ABI_TYPES_H

#ifndef __ASSEMBLER__

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
#define AMP_ABI_SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type " has the wrong size")
#define AMP_ABI_OFFSET(type, field, bytes) static_assert(offsetof(type, field) == (bytes), #type "." #field " moved")
#else
#define AMP_ABI_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has the wrong size")
#define AMP_ABI_OFFSET(type, field, bytes) _Static_assert(offsetof(type, field) == (bytes), #type "." #field " moved")
#endif

#endif /* __ASSEMBLER__ */

/* Unit of all sharing: stage-2 granule, and the alignment of every address and size in a descriptor. */
#define AMP_PAGE_SIZE 0x1000
/* Bytes a partition's, channel's or core owner's name may take, its terminating NUL included. Names match [a-z][a-z0-9-]*. */
#define AMP_NAME_SIZE 32
#define AMP_CHANNELS_MAX 32
#define AMP_PARTITIONS_MAX 64

#endif
