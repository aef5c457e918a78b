/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * First instruction of a guest, entered at EL1 with the MMU off and x0 = device tree, as an arm64 Image or through the ELF
 * entry point. Turns on FP, MMU and caches, clears bss, sets stack and vectors, and goes to amp_guest_main, never back.
 */
#include "amp/guest/arch_exception.h"

    .section .text.start, "ax"
    .globl amp_start
amp_start:
    /* arm64 Image header (Linux Documentation/arm64/booting.rst): loaders that know it put the file at its link address */
    b       1f
    .long   0
    .quad   0x100000            /* text_offset */
    .quad   amp_image_size
    .quad   0x2                 /* little endian, 4 KiB pages, at text_offset from a 2 MiB boundary near the start of RAM */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

1:  mov     x20, x0
    msr     daifset, #0xf
    msr     spsel, #1
    adr     x1, amp_vectors
    msr     vbar_el1, x1
    mov     x1, #3 << 20        /* CPACR_EL1.FPEN: FP and SIMD do not trap */
    msr     cpacr_el1, x1
    isb
    adrp    x1, amp_stack_end
    add     sp, x1, :lo12:amp_stack_end

    bl      amp_mmu_build
    bl      amp_mmu_enable

    /* Only now bss: with the caches on, so no stale line can shadow the zeroes. */
    adrp    x1, amp_bss_start
    add     x1, x1, :lo12:amp_bss_start
    adrp    x2, amp_bss_end
    add     x2, x2, :lo12:amp_bss_end
2:  cmp     x1, x2
    b.hs    3f
    stp     xzr, xzr, [x1], #16
    b       2b
3:  mov     x0, x20
    mov     x29, xzr
    mov     x30, xzr
    b       amp_guest_main

/* The tables of mmu.c into force. Values: see there. */
amp_mmu_enable:
    ldr     x1, =amp_mmu_mair
    ldr     x1, [x1]
    msr     mair_el1, x1
    ldr     x1, =amp_mmu_tcr
    ldr     x1, [x1]
    msr     tcr_el1, x1
    adrp    x1, amp_mmu_level1
    msr     ttbr0_el1, x1
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     sy
    isb
    ldr     x1, =0x30d0180d     /* SCTLR_EL1: RES1 bits, M, C, SA, I; A = 0, unaligned accesses work */
    msr     sctlr_el1, x1
    isb
    ret
