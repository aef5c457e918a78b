/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * First instruction of a 32-bit guest, entered in Supervisor mode with the MMU off and r2 = device tree. Turns on FP, MMU and
 * caches, clears bss, sets stack and vectors, and goes to amp_guest_main, never back.
 */
    .syntax unified
    .arm
    .section .text.start, "ax"
    .globl  amp_start
    .type   amp_start, %function
amp_start:
    cpsid   aif, #0x13
    mov     r8, r2
    ldr     r1, =amp_vectors
    mcr     p15, 0, r1, c12, c0, 0      /* VBAR */
    mrc     p15, 0, r1, c1, c0, 2       /* CPACR: FP does not trap */
    orr     r1, r1, #(0xf << 20)
    mcr     p15, 0, r1, c1, c0, 2
    isb
    mov     r1, #(1 << 30)              /* FPEXC.EN */
    vmsr    fpexc, r1
    ldr     sp, =amp_stack_end

    bl      amp_mmu_build
    bl      mmu_enable

    /* Only now bss: with the caches on, so no stale line can shadow the zeroes. */
    ldr     r1, =amp_bss_start
    ldr     r2, =amp_bss_end
    mov     r3, #0
1:  cmp     r1, r2
    strlo   r3, [r1], #4
    blo     1b
    mov     r0, r8
    mov     r1, #0
    mov     fp, #0
    mov     lr, #0
    b       amp_guest_main

/* The tables of mmu.c into force (Arm ARM G8.2: the long-descriptor format, whose entries are those of AArch64). */
mmu_enable:
    ldr     r1, =amp_mmu_mair
    ldrd    r2, r3, [r1]
    mcr     p15, 0, r2, c10, c2, 0      /* MAIR0 */
    mcr     p15, 0, r3, c10, c2, 1      /* MAIR1 */
    ldr     r1, =0x80803500             /* TTBCR: EAE, EPD1; walks cacheable and inner shareable */
    mcr     p15, 0, r1, c2, c0, 2
    ldr     r1, =amp_mmu_level1
    mov     r2, #0
    mcrr    p15, 0, r1, r2, c2          /* TTBR0 */
    isb
    mcr     p15, 0, r2, c8, c7, 0       /* TLBIALL */
    mcr     p15, 0, r2, c7, c5, 0       /* ICIALLU */
    dsb     sy
    isb
    ldr     r1, =0x00c5183d             /* SCTLR: its value after reset with M, C, I; A = 0, unaligned accesses work */
    mcr     p15, 0, r1, c1, c0, 0
    isb
    bx      lr
