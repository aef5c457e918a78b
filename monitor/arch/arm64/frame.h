/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vectors.S and entry.S know of C++ types; trap.cpp asserts that it is still true.
 */
#ifndef AMP_MONITOR_ARCH_ARM64_FRAME_H
#define AMP_MONITOR_ARCH_ARM64_FRAME_H

/* struct Registers: x0 at 0, x1 at 8, ... */
#define AMP_FRAME_SIZE 256
#define AMP_FRAME_PAD 248
/* Work::none */
#define AMP_WORK_NONE 0
/* ESR_EL2.EC of the exits with a path of their own */
#define AMP_EC_HVC64 0x16
#define AMP_EC_DATA_ABORT 0x24

#define AMP_STACK_SIZE 0x2000
#define AMP_FAULT_STACK_SIZE 0x1000

#endif
