/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way into the monitor once a guest runs. While it does, SP_EL2 points to the frame (struct Registers) at the top of the
 * stack. The paths that most exits take save only what C++ may clobber (x0-x18, x29, x30; x19 comes along for free) and
 * complete the frame when there is more to do, which is possible because C++ preserves x19-x28.
 */
#include "frame.h"

.macro save_clobbered
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x29, x30, [sp, #232]
.endm

.macro save_preserved
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    str     x28, [sp, #224]
.endm

.macro restore_clobbered_and_return
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x29, x30, [sp, #232]
    eret
    /* Nothing behind ERET is executed, not even speculatively (Arm ARM B2.3.13). */
    dsb     nsh
    isb
.endm

.macro vector
    .balign 0x80
.endm

/* In the monitor itself: never expected. The stack may be what is broken, so it is left alone. */
.macro vector_fault
    vector
    msr     tpidr_el2, x0
    adrp    x0, __fault_stack_end
    sub     x0, x0, #AMP_FRAME_SIZE
    stp     x1, x2, [x0, #8]
    mov     x1, sp
    str     x1, [x0, #AMP_FRAME_PAD]
    mov     sp, x0
    mrs     x1, tpidr_el2
    str     x1, [sp, #0]
    b       monitor_fault
.endm

.macro vector_irq
    vector
    save_clobbered
    bl      amp_irq_exit
    cbnz    w0, finish
    restore_clobbered_and_return
.endm

.macro vector_serror
    vector
    save_clobbered
    save_preserved
    mov     x0, sp
    bl      amp_serror_exit
    b       restore_all
.endm

    .section .text.vectors, "ax"
    .balign 0x800
    .globl  amp_vectors
    .hidden amp_vectors
amp_vectors:
    /* current level with SP_EL0, then with SP_EL2: synchronous, IRQ, FIQ, SError each */
    .rept 8
    vector_fault
    .endr

    /* guest in AArch64 */
    vector
    save_clobbered
    mrs     x1, esr_el2
    lsr     w2, w1, #26
    cmp     w2, #AMP_EC_HVC64
    b.ne    not_hvc
    mov     x0, sp
    bl      amp_hvc_exit
    cbnz    w0, finish
    restore_clobbered_and_return
    vector_irq
    vector_irq
    vector_serror

    /* guest, or its EL0 alone, in AArch32 */
    vector
    save_clobbered
    save_preserved
    mov     x0, sp
    mrs     x1, esr_el2
    bl      amp_aarch32_exit
    b       restore_all
    vector_irq
    vector_irq
    vector_serror

/* x1 = ESR_EL2, w2 = its EC; x0-x19, x29, x30 are in the frame */
not_hvc:
    cmp     w2, #AMP_EC_DATA_ABORT
    b.ne    trap
    /* Transfer register x20 to x28 (ESR_EL2.ISS.SRT): it has to be in the frame. */
    ubfx    w3, w1, #16, #5
    sub     w3, w3, #20
    cmp     w3, #9
    b.lo    device_preserved
    mov     x0, sp
    bl      device_access
    cbz     w0, trap_again
    restore_clobbered_and_return
device_preserved:
    save_preserved
    mov     x0, sp
    bl      device_access
    cbnz    w0, restore_all
trap_again:
    mrs     x1, esr_el2
trap:
    save_preserved
    mov     x0, sp
    bl      amp_trap_exit
restore_all:
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldr     x28, [sp, #224]
    restore_clobbered_and_return

/* Chosen before either has a stack frame. ESR_EL2.ISS.WnR */
device_access:
    tbnz    w1, #6, 1f
    b       amp_device_read
1:  b       amp_device_write

/* w0 = Work: what an exit left to do with the whole frame */
finish:
    save_preserved
    mov     w1, w0
    mov     x0, sp
    bl      amp_finish_exit
    b       restore_all

monitor_fault:
    stp     x3, x4, [sp, #24]
    stp     x5, x6, [sp, #40]
    stp     x7, x8, [sp, #56]
    stp     x9, x10, [sp, #72]
    stp     x11, x12, [sp, #88]
    stp     x13, x14, [sp, #104]
    stp     x15, x16, [sp, #120]
    stp     x17, x18, [sp, #136]
    str     x19, [sp, #152]
    save_preserved
    stp     x29, x30, [sp, #232]
    mov     x0, sp
    bl      amp_monitor_fault
    /* does not return */
    brk     #0
