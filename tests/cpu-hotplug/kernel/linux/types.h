/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's names for what the host's headers have under others. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_TYPES_H
#define AMP_TESTS_KERNEL_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define U64_MAX (~0ull)

#endif
