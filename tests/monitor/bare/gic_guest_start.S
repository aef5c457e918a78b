/* SPDX-License-Identifier: GPL-2.0-only */
/* Start and vectors of the GIC's guest: interrupts may nest, so each saves what its C++ handler and the next one clobber. */
    .section .text.start, "ax"
    .globl  _start
_start:
    ldr     x0, =stack_top
    mov     sp, x0
    adr     x0, vectors
    msr     vbar_el1, x0
    isb
    bl      guest_main
    b       .

    .balign 2048
vectors:
    .rept 4
    .balign 0x80
    b       unexpected
    .endr
    .balign 0x80
    b       unexpected
    .balign 0x80
    b       interrupt
    .balign 0x80
    b       interrupt           /* FIQ: group 0 */
    .balign 0x80
    b       unexpected
    .rept 8
    .balign 0x80
    b       unexpected
    .endr

interrupt:
    sub     sp, sp, #192
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #160]
    bl      guest_interrupt
    ldp     x0, x1, [sp, #160]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #192
    eret

unexpected:
    bl      guest_unexpected
    b       .
