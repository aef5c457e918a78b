/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The state at an exception, for 32-bit guests. */
#ifndef AMP_GUEST_ARCH_EXCEPTION_H
#define AMP_GUEST_ARCH_EXCEPTION_H

#ifndef __ASSEMBLER__
#include <stdint.h>

/* As vectors.S stores it; what is changed of r, lr, pc and cpsr is in force after the return. */
struct amp_exception {
    uint32_t kind;            /* AMP_EXCEPTION_* */
    uint32_t status, address; /* of aborts: IFSR and IFAR, or DFSR and DFAR */
    uint32_t sp;
    uint32_t r[13], lr;
    uint32_t pc; /* an abort's or interrupt's instruction; the one behind it for an undefined one and SVC */
    uint32_t cpsr;
};
#endif

#define AMP_EXCEPTION_UNDEFINED 1
#define AMP_EXCEPTION_SVC 2
#define AMP_EXCEPTION_PREFETCH_ABORT 3
#define AMP_EXCEPTION_DATA_ABORT 4
#define AMP_EXCEPTION_IRQ 5
#define AMP_EXCEPTION_FIQ 6

#define AMP_EXCEPTION_SIZE 80

#endif
