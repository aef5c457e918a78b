/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The state at an exception, for 64-bit guests. */
#ifndef AMP_GUEST_ARCH_EXCEPTION_H
#define AMP_GUEST_ARCH_EXCEPTION_H

#ifndef __ASSEMBLER__
#include <stdint.h>

/* As vectors.S stores it; what is changed here is in force after the return. */
struct amp_exception {
    uint64_t x[31];
    uint64_t sp;
    uint64_t elr, spsr, esr, far;
    uint64_t fpsr, fpcr;
    uint64_t pad[2];
    __attribute__((aligned(16))) uint8_t q[32][16];
};
#endif

#define AMP_EXCEPTION_SIZE 832
#define AMP_EXCEPTION_SP 248
#define AMP_EXCEPTION_ELR 256
#define AMP_EXCEPTION_ESR 272
#define AMP_EXCEPTION_FPSR 288
#define AMP_EXCEPTION_Q 320

#endif
