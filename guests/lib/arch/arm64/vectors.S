/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Exception vectors: each stores the whole register state as struct amp_exception, calls one amp_on_* function and restores
 * what that left there. FP registers too, because handlers are ordinary C.
 */
#include "amp/guest/arch_exception.h"

    .macro  vector handler
    .balign 0x80
    sub     sp, sp, #AMP_EXCEPTION_SIZE
    stp     x0, x1, [sp]
    adr     x1, \handler
    b       amp_exception_common
    .endm

    .section .text.vectors, "ax"
    .balign 0x800
    .globl  amp_vectors
amp_vectors:
    .rept 2                     /* from EL1 with SP_EL0, with SP_EL1 */
    vector  amp_on_sync
    vector  amp_on_irq
    vector  amp_on_fiq
    vector  amp_on_serror
    .endr
    .rept 2                     /* from EL0 in AArch64, in AArch32 */
    vector  amp_on_sync
    vector  amp_on_irq
    vector  amp_on_fiq
    vector  amp_on_serror
    .endr

amp_exception_common:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    add     x2, sp, #AMP_EXCEPTION_SIZE
    stp     x30, x2, [sp, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #AMP_EXCEPTION_ELR]
    mrs     x2, esr_el1
    mrs     x3, far_el1
    stp     x2, x3, [sp, #AMP_EXCEPTION_ESR]
    mrs     x2, fpsr
    mrs     x3, fpcr
    stp     x2, x3, [sp, #AMP_EXCEPTION_FPSR]
    add     x2, sp, #AMP_EXCEPTION_Q
    stp     q0, q1, [x2, #0]
    stp     q2, q3, [x2, #32]
    stp     q4, q5, [x2, #64]
    stp     q6, q7, [x2, #96]
    stp     q8, q9, [x2, #128]
    stp     q10, q11, [x2, #160]
    stp     q12, q13, [x2, #192]
    stp     q14, q15, [x2, #224]
    stp     q16, q17, [x2, #256]
    stp     q18, q19, [x2, #288]
    stp     q20, q21, [x2, #320]
    stp     q22, q23, [x2, #352]
    stp     q24, q25, [x2, #384]
    stp     q26, q27, [x2, #416]
    stp     q28, q29, [x2, #448]
    stp     q30, q31, [x2, #480]

    mov     x0, sp
    blr     x1

    ldp     x2, x3, [sp, #AMP_EXCEPTION_ELR]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x2, x3, [sp, #AMP_EXCEPTION_FPSR]
    msr     fpsr, x2
    msr     fpcr, x3
    add     x2, sp, #AMP_EXCEPTION_Q
    ldp     q0, q1, [x2, #0]
    ldp     q2, q3, [x2, #32]
    ldp     q4, q5, [x2, #64]
    ldp     q6, q7, [x2, #96]
    ldp     q8, q9, [x2, #128]
    ldp     q10, q11, [x2, #160]
    ldp     q12, q13, [x2, #192]
    ldp     q14, q15, [x2, #224]
    ldp     q16, q17, [x2, #256]
    ldp     q18, q19, [x2, #288]
    ldp     q20, q21, [x2, #320]
    ldp     q22, q23, [x2, #352]
    ldp     q24, q25, [x2, #384]
    ldp     q26, q27, [x2, #416]
    ldp     q28, q29, [x2, #448]
    ldp     q30, q31, [x2, #480]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    ldp     x0, x1, [sp]
    add     sp, sp, #AMP_EXCEPTION_SIZE
    eret
