/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first bytes of monitor.bin (struct amp_monitor_header, completed by the linker script), the way from CPU_ON to C++, and
 * the way from C++ into the guest. Everything is addressed relative to the program counter.
 */
#include "amp/abi/boot_info.h"
#include "amp/abi/version.h"
#include "frame.h"

#define CURRENT_EL_2 8
#define SCTLR_EL2_MMU_OFF 0x30c50830

    .section .header, "ax"
    .globl  amp_header
amp_header:
    b       amp_entry
    .long   AMP_MONITOR_MAGIC
    .hword  AMP_ABI_MAJOR, AMP_ABI_MINOR
    .long   0
    /* file_size, memory_size: monitor.ld.S */

    .section .text.entry, "ax"
    .globl  amp_entry
    .hidden amp_entry
/* x0 = physical address of struct amp_boot_info; MMU and caches off; nothing else is known. */
amp_entry:
    mrs     x20, cntpct_el0
    mov     x19, x0
    msr     spsel, #1
    msr     daifset, #0xf
    adrp    x1, __stack_end
    sub     sp, x1, #AMP_FRAME_SIZE
    bl      zero_bss
    mrs     x0, currentel
    cmp     x0, #CURRENT_EL_2
    b.ne    wrong_level

    /* E2H = 0, the layout that all EL2 code here assumes; RW until the guest's width is known. Some cores have E2H fixed to 1. */
    mov     x0, #(1 << 31)
    msr     hcr_el2, x0
    isb
    mrs     x0, hcr_el2
    tbnz    x0, #34, wrong_level
    movz    x0, #(SCTLR_EL2_MMU_OFF >> 16), lsl #16
    movk    x0, #(SCTLR_EL2_MMU_OFF & 0xffff)
    msr     sctlr_el2, x0
    adrp    x0, amp_vectors
    add     x0, x0, :lo12:amp_vectors
    msr     vbar_el2, x0
    /* TLBs and instruction cache hold what Linux left there, or nothing defined at all. */
    ic      iallu
    tlbi    alle2
    tlbi    alle1
    dsb     nsh
    isb

    mov     x0, x19
    mov     x1, x20
    bl      amp_prepare
    /* x0 = root of the monitor's table */
    bl      enable_mmu
    bl      amp_start
    brk     #0

wrong_level:
    mov     x0, x19
    bl      amp_wrong_level
    brk     #0

zero_bss:
    adrp    x1, __bss_start
    adrp    x2, __bss_end
1:  stp     xzr, xzr, [x1], #16
    cmp     x1, x2
    b.lo    1b
    ret

/*
 * x0 = TTBR0_EL2. What was written so far went to memory past the caches, while Linux's cores may have read older contents of
 * the same lines speculatively: those copies are invalidated before the first cached access. No stack access in between.
 */
enable_mmu:
    adrp    x1, __data_start
    adrp    x2, amp_written_end
    ldr     x2, [x2, :lo12:amp_written_end]
    mrs     x3, ctr_el0
    ubfx    x3, x3, #16, #4
    mov     x4, #4
    lsl     x4, x4, x3              /* CTR_EL0.DminLine, in bytes */
1:  dc      ivac, x1
    add     x1, x1, x4
    cmp     x1, x2
    b.lo    1b
    dsb     sy
    adrp    x5, amp_translation
    add     x5, x5, :lo12:amp_translation
    ldp     x1, x2, [x5]            /* MAIR_EL2, TCR_EL2 */
    ldr     x3, [x5, #16]           /* SCTLR_EL2 */
    msr     mair_el2, x1
    msr     tcr_el2, x2
    msr     ttbr0_el2, x0
    isb
    msr     sctlr_el2, x3
    isb
    ret

/* x0-x2 are the guest's. ELR_EL2 and SPSR_EL2 are set; the stack starts afresh below the frame. */
    .globl  amp_enter_guest
    .hidden amp_enter_guest
amp_enter_guest:
    adrp    x3, __stack_end
    sub     sp, x3, #AMP_FRAME_SIZE
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    movi    v\n\().2d, #0
    .endr
    msr     fpcr, xzr
    msr     fpsr, xzr
    .irp    n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    mov     x\n, xzr
    .endr
    eret
    dsb     nsh
    isb

/* memcpy, memset: the compiler emits calls of them. Aligned words only while the MMU is off, as the callers' types are. */
    .globl  memcpy
    .hidden memcpy
memcpy:
    mov     x3, x0
    orr     x4, x0, x1
    tst     x4, #7
    b.ne    2f
1:  subs    x2, x2, #8
    b.lo    3f
    ldr     x4, [x1], #8
    str     x4, [x3], #8
    b       1b
3:  add     x2, x2, #8
2:  cbz     x2, 4f
    ldrb    w4, [x1], #1
    strb    w4, [x3], #1
    sub     x2, x2, #1
    b       2b
4:  ret

    .globl  memset
    .hidden memset
memset:
    mov     x3, x0
    and     x1, x1, #0xff
    mov     x4, #0x0101010101010101
    mul     x4, x1, x4
    tst     x0, #7
    b.ne    2f
1:  subs    x2, x2, #8
    b.lo    3f
    str     x4, [x3], #8
    b       1b
3:  add     x2, x2, #8
2:  cbz     x2, 4f
    strb    w1, [x3], #1
    sub     x2, x2, #1
    b       2b
4:  ret
