/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 32-bit guests of a few instructions: the whole of this file is copied to the start of guest RAM (0x40000000), and guest n is
 * entered at n * 0x800 with MMU off. A guest that checks something ends by SYSTEM_OFF with 'P' on its console.
 */
#include "amp/abi/version.h"

#define UART 0x09000000
#define GICD 0x08000000
#define GICR_SGI 0x080b0000
#define PSCI_VERSION 0x84000000
#define PSCI_SYSTEM_OFF 0x84000008
#define USR 0x10
#define FIQ 0x11
#define IRQ 0x12
#define SVC 0x13
#define ABT 0x17
#define UND 0x1b
#define SYS 0x1f

    .syntax unified
    .arch armv7ve
    .fpu vfpv3-d16
    .arm
    .text
    .macro guest number
    .ltorg
    .org    \number * 0x800
    .arm
    .endm
    .macro put char
    ldr     r11, =UART
    mov     r12, #\char
    str     r12, [r11]
    .endm
    .macro off
    ldr     r0, =PSCI_SYSTEM_OFF
    hvc     #0
    b       .
    .endm
    .macro expect register, value:vararg
    ldr     r11, =\value
    cmp     \register, r11
    bne     1f
    .endm
    .macro set_vectors label
    adr     r1, \label
    mcr     p15, 0, r1, c12, c0, 0  /* VBAR */
    isb
    .endm

/* The state at entry, calls by HVC and SMC, a 64-bit call refused, our own numbers. */
guest 0
    mov     r8, r2
    mrs     r9, cpsr
    cmp     r0, #0
    bne     1f
    cmn     r1, #1
    bne     1f
    expect  r8, 0x40001000
    and     r9, r9, #0xff
    and     r10, r9, #0x1f
    cmp     r10, #SVC
    bne     1f
    mrs     r10, cpsr
    and     r10, r10, #0x1c0
    cmp     r10, #0x1c0
    bne     1f
    ldr     r0, =PSCI_VERSION
    hvc     #0
    expect  r0, 0x10001
    ldr     r0, =PSCI_VERSION
    cmp     r0, r0
    it      ne
    smcne   #0                      /* not executed */
    expect  r0, PSCI_VERSION
    smc     #0
    expect  r0, 0x10001
    ldr     r0, =0xc4000003
    hvc     #0
    cmn     r0, #1
    bne     1f
    ldr     r0, =0xc6000001
    hvc     #0
    cmn     r0, #1
    bne     1f
    ldr     r0, =0x86000000         /* AMP_HVC_VERSION32 */
    hvc     #0
    lsr     r0, r0, #16
    cmp     r0, #AMP_ABI_MAJOR
    bne     1f
    ldr     r0, =0x86000001         /* AMP_HVC_DOORBELL32, no such channel */
    mov     r1, #1
    smc     #0
    cmn     r0, #2
    bne     1f
    put     'P'
1:  off

/*
 * Registers that are hidden: the exception as hardware would deliver it, out of A32, T32 and System mode. QEMU 7.2 does not show an
 * AArch32 mode the SPSR that EL2 wrote for it before it returned there, so that the handler has the former state in r5.
 */
guest 1
    set_vectors 8f
    mov     r7, #0
    mrs     r5, cpsr
    adr     r4, 2f
2:  mrc     p15, 0, r1, c9, c12, 0  /* PMCR */
    adr     r4, 3f
3:  mcr     p15, 0, r1, c9, c13, 0  /* PMCCNTR */
    adr     r4, 4f
    orr     r0, r4, #1
    orr     r5, r5, #0x20
    bx      r0
    .thumb
    .balign 4
4:  mrc     p15, 0, r1, c9, c13, 0
    adr     r0, 5f
    bx      r0
    .balign 4
    .arm
5:  cps     #SYS
    mrs     r5, cpsr
    adr     r4, 6f
6:  mrrc    p15, 0, r1, r2, c9      /* PMCCNTR */
    mrs     r1, cpsr
    and     r1, r1, #0x1f
    cmp     r1, #SYS
    bne     1f
    cmp     r7, #4
    bne     1f
    cmp     r7, #5
    mrceq   p15, 0, r1, c9, c12, 0  /* not executed */
    put     'P'
1:  off
/* r4: where it was expected. Goes on behind the instruction, which had 4 bytes. */
9:  tst     r5, #0x20
    sub     r9, lr, #4
    addne   r9, r9, #2
    cmp     r9, r4
    bne     1b
    mrs     r8, cpsr
    and     r8, r8, #0xbf           /* I is masked, T and mode; F stays */
    cmp     r8, #(UND | 0x80)
    bne     1b
    add     r7, r7, #1
    add     lr, r9, #4
    msr     spsr_cxsf, r5
    movs    pc, lr
    .balign 32
8:  b       .
    b       9b
    .rept 6
    b       .
    .endr

/* Device reads into every register of every mode; and nothing else changes. */
    .macro read_each mode
    cps     #\mode
    .irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
    mvn     r\n, #0
    ldr     r\n, [r0, #4]
    cmp     r\n, r1
    bne     1f
    .endr
    mov     r13, #0
    mov     r14, #0
    .endm
guest 2
    ldr     r0, =GICD
    ldr     r1, [r0, #4]
    cmp     r1, #0
    beq     1f
    read_each SYS
    read_each IRQ
    read_each SVC
    read_each ABT
    read_each UND
    read_each FIQ
    cps     #SVC
    put     'P'
1:  cps     #SVC
    off

/* IT blocks over device accesses, 2-byte and 4-byte instructions; sign extension; big-endian accesses; writes of lr and sp. */
guest 3
    ldr     r0, =GICD
    ldr     r1, [r0, #4]
    ldr     r2, =UART
    adr     r3, 2f
    orr     r3, r3, #1
    bx      r3
    .thumb
    .balign 4
2:  mov     r4, #0
    cmp     r4, r4
    itete   eq
    ldreq   r5, [r0, #4]            /* 2 bytes */
    addne   r4, #1
    ldreq.w r8, [r0, #4]
    addne   r4, #2
    cmp     r4, #0
    bne     3f
    cmp     r5, r1
    bne     3f
    cmp     r8, r1
    bne     3f
    movs    r4, #0x80               /* UARTIBRD: a byte with its top bit, read with sign */
    strb    r4, [r2, #0x24]
    ldrsb   r5, [r2, #0x24]
    cmn     r5, #0x80
    bne     3f
    mov     lr, #0x12
    str     lr, [r2, #0x24]
    ldr     r5, [r2, #0x24]
    cmp     r5, #0x12
    bne     3f
    adr     r12, 0f
    bx      r12
    .balign 4
    .arm
0:  setend  be
    ldr     r4, [r0, #4]
    setend  le
    rev     r4, r4
    cmp     r4, r1
    bne     1f
    put     'P'
1:  off
    .thumb
3:  adr     r12, 0f
    bx      r12
    .balign 4
    .arm
0:  off

/* Identification, and what exists and does nothing. */
guest 4
    mrc     p15, 0, r1, c0, c0, 5   /* MPIDR */
    expect  r1, 0x80000000
    mrc     p15, 0, r1, c0, c1, 2   /* ID_DFR0.PerfMon */
    tst     r1, #0x0f000000
    bne     1f
    mrc     p15, 0, r1, c0, c1, 1   /* ID_PFR1: no Virtualization, but the timer */
    tst     r1, #0xf000
    bne     1f
    tst     r1, #0xf0000
    beq     1f
    mrc     p15, 0, r1, c0, c4, 0   /* reserved: zero, not ID_AA64PFR0 */
    cmp     r1, #0
    bne     1f
    mrc     p15, 0, r1, c1, c0, 1   /* ACTLR */
    cmp     r1, #0
    bne     1f
    mcr     p15, 0, r1, c1, c0, 1
    mov     r1, #0
    mcr     p14, 0, r1, c1, c0, 4   /* DBGOSLAR */
    mrc     p14, 0, r1, c1, c1, 4   /* DBGOSLSR */
    cmp     r1, #8
    bne     1f
    mrc     p14, 0, r1, c1, c0, 0   /* DBGDRAR */
    mvn     r3, #0
    mrrc    p14, 0, r2, r3, c1
    orr     r1, r1, r2
    orrs    r1, r1, r3
    bne     1f
    mov     r1, #0                  /* set/way, level 1 set 0 */
    mcr     p15, 0, r1, c7, c6, 2
    mcr     p15, 0, r1, c7, c10, 2
    mcr     p15, 0, r1, c7, c14, 2
    mrc     p15, 0, r1, c1, c0, 2   /* CPACR: FP/SIMD are there and empty */
    orr     r1, r1, #(0xf << 20)
    mcr     p15, 0, r1, c1, c0, 2
    isb
    vmrs    lr, mvfr0
    cmp     lr, #0
    beq     1f
    mov     r1, #(1 << 30)
    vmsr    fpexc, r1
    vmov    r1, s31
    cmp     r1, #0
    bne     1f
    mrc     p15, 0, r1, c1, c0, 0   /* SCTLR after reset */
    expect  r1, 0x00c50838
    mrc     p15, 0, r1, c3, c0, 0   /* DACR */
    mrc     p15, 0, r2, c5, c0, 1   /* IFSR */
    orrs    r1, r1, r2
    bne     1f
    put     'P'
1:  off

/* An SGI to itself: by MCRR on GICv3. */
guest 5
    mrc     p15, 0, r1, c0, c1, 1
    lsrs    r1, r1, #28             /* ID_PFR1.GIC */
    ldr     r2, =GICD
    mov     r3, #1
    beq     2f
    ldr     r2, =GICR_SGI
    mvn     r5, #0
    str     r5, [r2, #0x80]         /* group 1 */
    mov     lr, #(3 << 24)          /* a banked register */
    orr     lr, lr, #1
    mov     r4, #0
    mcrr    p15, 0, lr, r4, c12
    isb
    b       3f
2:  ldr     r4, =(2 << 24 | 3)
    str     r4, [r2, #0xf00]
3:  ldr     r4, [r2, #0x200]
    tst     r4, #8
    beq     1f
    put     'P'
1:  off

/* What must end it, or does not stop it. */
guest 6
    adr     r0, 2f
    orr     r0, r0, #1
    bx      r0
    .thumb
    .balign 4
2:  ldr     r1, =0x12345678
    ldr     r2, [r1]
    b       .
guest 7
    cpsid   aif, #FIQ
    mov     r8, #0x42
    mov     lr, #0x43
    put     'm'                     /* the stop may come at once */
    b       .
guest 8
    ldr     r1, =GICD
    ldrd    r2, r3, [r1]            /* no syndrome */
    b       .
guest 9
    ldr     r1, =0x60000040
    bx      r1
guest 10                            /* leaves what it can for the next one to find */
    mvn     r0, #0
    mcr     p15, 0, r0, c3, c0, 0   /* DACR */
    mcr     p15, 0, r0, c5, c0, 1   /* IFSR */
    mcr     p15, 0, r0, c13, c0, 4  /* TPIDRPRW */
    mcr     p15, 0, r0, c1, c0, 2   /* CPACR */
    isb
    mov     r1, #(1 << 30)
    vmsr    fpexc, r1
    vmov    s31, r0
    put     'P'
    off
