/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Exception vectors of a 32-bit guest: each goes back to Supervisor mode at once, so that one stack serves all, stores the state
 * as struct amp_exception, calls one amp_on_* function and restores what that left there. FP registers too, because handlers are
 * ordinary C.
 */
#include "amp/guest/arch_exception.h"

    .syntax unified
    .arm
    .section .text.vectors, "ax"
    .balign 32
    .globl  amp_vectors
amp_vectors:
    b       .
    b       undefined
    b       svc
    b       prefetch_abort
    b       data_abort
    b       .
    b       irq
    b       fiq

    .macro  enter behind, kind
    sub     lr, lr, #\behind
    srsdb   sp!, #0x13
    cps     #0x13
    push    {r0-r12, lr}
    mov     r0, #\kind
    mov     r1, #0
    mov     r2, #0
    .endm

undefined:
    enter   0, AMP_EXCEPTION_UNDEFINED
    ldr     r6, =amp_on_sync
    b       common
svc:
    enter   0, AMP_EXCEPTION_SVC
    ldr     r6, =amp_on_sync
    b       common
prefetch_abort:
    enter   4, AMP_EXCEPTION_PREFETCH_ABORT
    mrc     p15, 0, r1, c5, c0, 1       /* IFSR */
    mrc     p15, 0, r2, c6, c0, 2       /* IFAR */
    ldr     r6, =amp_on_sync
    b       common
data_abort:
    enter   8, AMP_EXCEPTION_DATA_ABORT
    mrc     p15, 0, r1, c5, c0, 0       /* DFSR */
    mrc     p15, 0, r2, c6, c0, 0       /* DFAR */
    ldr     r6, =amp_on_sync
    b       common
irq:
    enter   4, AMP_EXCEPTION_IRQ
    ldr     r6, =amp_on_irq
    b       common
fiq:
    enter   4, AMP_EXCEPTION_FIQ
    ldr     r6, =amp_on_fiq

common:
    add     r3, sp, #64                 /* behind r0-r12, lr, pc, cpsr */
    push    {r0-r3}
    mov     r4, sp
    bic     sp, sp, #7                  /* AAPCS 6.2.1.2 */
    vmrs    r5, fpscr
    vpush   {d0-d15}
    mov     r0, r4
    blx     r6
    vpop    {d0-d15}
    vmsr    fpscr, r5
    clrex                               /* whoever was interrupted in an exclusive sequence begins it anew */
    add     sp, r4, #16
    pop     {r0-r12, lr}
    rfeia   sp!
