/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Start-up, vectors and the measured events. A stamp is 17 reads of CNTVCT_EL0 in a row: under QEMU's -icount shift=0 an
 * instruction takes 1 ns and a tick 16, so the place where the value changes tells the time of the first read to the
 * instruction. Every measure_* function has the same frame, so that measure_nothing is the cost to take away.
 */

#define PSCI_VERSION 0x84000000

/* x4-x20: a stamp. x21: where it goes. x22: where the interrupt handler returns to. x23, x24: for the event. */
.macro stamp
    .irp n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
    mrs x\n, cntvct_el0
    .endr
.endm

.macro store_stamp offset
    stp x4, x5, [x21, #\offset]
    stp x6, x7, [x21, #\offset + 16]
    stp x8, x9, [x21, #\offset + 32]
    stp x10, x11, [x21, #\offset + 48]
    stp x12, x13, [x21, #\offset + 64]
    stp x14, x15, [x21, #\offset + 80]
    stp x16, x17, [x21, #\offset + 96]
    stp x18, x19, [x21, #\offset + 112]
    str x20, [x21, #\offset + 128]
.endm

#define BEFORE 0
#define AFTER 136

/* x0 = struct Stamps, x1 and x2 = the event's operands */
.macro begin
    stp x29, x30, [sp, #-96]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    mov x21, x0
    mov x23, x1
    mov x24, x2
    adr x22, finish
    stamp
    store_stamp BEFORE
.endm

/* Ends an event that returns by itself */
.macro end
    stamp
    b store_and_finish
.endm

.macro function name
    .section .text.\name, "ax"
    .global \name
    .balign 64
\name:
.endm

    .section .text.start, "ax"
    .global _start
_start:
    msr daifset, #0xf
    ldr x1, =stack_top
    mov sp, x1
    ldr x1, =vectors
    msr vbar_el1, x1
    isb
    ldr x1, =bss_start
    ldr x2, =bss_end
1:  cmp x1, x2
    b.hs 2f
    str xzr, [x1], #8
    b 1b
2:  bl bench_main
3:  wfi
    b 3b

    .section .text.finish, "ax"
store_and_finish:
    store_stamp AFTER
finish:
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x29, x30, [sp], #96
    ret

/* Offset 0x280 of the vectors comes here with a stamp in x4-x20. */
interrupt_end:
    store_stamp AFTER
    mrs x0, s3_0_c12_c12_0          /* ICC_IAR1_EL1 */
    str x0, [x21, #AFTER + 136]
    msr cntv_ctl_el0, xzr
    isb
    msr s3_0_c12_c12_1, x0          /* ICC_EOIR1_EL1 */
    msr elr_el1, x22
    mrs x0, spsr_el1
    orr x0, x0, #0x80               /* interrupts masked again */
    msr spsr_el1, x0
    eret

    .section .text.vectors, "ax"
    .balign 0x800
vectors:
    .balign 0x80
    b unexpected
    .balign 0x80
    b unexpected
    .balign 0x80
    b unexpected
    .balign 0x80
    b unexpected
    .balign 0x80
    b unexpected                    /* 0x200: synchronous */
    .balign 0x80
    stamp                           /* 0x280: IRQ; its first instruction ends the measurement */
    b interrupt_end
    .rept 10
    .balign 0x80
    b unexpected
    .endr
    .balign 0x80
unexpected:
    mrs x0, esr_el1
    mrs x1, elr_el1
    bl bench_unexpected
4:  wfi
    b 4b

function measure_nothing
    begin
    end

function measure_hvc
    begin
    mov w0, #PSCI_VERSION
    hvc #0
    end

/* x1 = address of a 32-bit register */
function measure_read
    begin
    ldr w0, [x23]
    end

/* x1 = address, x2 = value */
function measure_write
    begin
    str w24, [x23]
    end

/* x1 = rounds of two instructions; two more around them, which measure_nothing does not have */
function measure_spin
    begin
    mov x0, x23
5:  subs x0, x0, #1
    b.ne 5b
    end

/* x1 = value for ICC_SGI1R_EL1 */
function measure_sgi
    begin
    msr daifclr, #2
    msr s3_0_c12_c11_5, x23
6:  b 6b

/* x1 = CNTV_CVAL_EL0, armed by the caller */
function measure_timer
    begin
    msr daifclr, #2
7:  b 7b

function measure_timer_wfi
    begin
    msr daifclr, #2
8:  wfi
    b 8b
