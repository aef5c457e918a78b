/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests of a few instructions, each copied to the start of guest RAM (0x40000000) and entered there with MMU off. A guest
 * that checks something ends by SYSTEM_OFF with 'P' (or what the table in loader.cpp expects) on its console.
 */
#define UART 0x09000000
#define GICD 0x08000000
#define VIRTIO 0x0a000000
#define PSCI_VERSION 0x84000000
#define PSCI_CPU_SUSPEND 0xc4000001
#define PSCI_CPU_OFF 0x84000002
#define PSCI_CPU_ON 0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define AMP_DOORBELL 0xc6000001

    .macro guest name
    .section .rodata.guest_\name, "a"
    .balign 2048
    .globl guest_\name
guest_\name:
    .endm
    .macro end_guest name
    .ltorg
    .globl guest_\name\()_end
guest_\name\()_end:
    .endm
    .macro put char
    ldr     x9, =UART
    mov     w10, #\char
    str     w10, [x9]
    .endm
    .macro call number
    ldr     x0, =\number
    hvc     #0
    .endm
    .macro off
    call    PSCI_SYSTEM_OFF
    b       .
    .endm
    /* Exception vectors at the guest's start + 2048 that branch to \handler from the current level with SP_EL1. */
    .macro vectors sync, irq
    .ltorg
    .balign 2048
9:  .rept 4
    .balign 0x80
    b       .
    .endr
    .balign 0x80
    b       \sync
    .balign 0x80
    b       \irq
    .balign 0x80
    b       .
    .balign 0x80
    b       .
    .endm
    .macro set_vectors
    adr     x1, 9f
    msr     vbar_el1, x1
    isb
    .endm

guest hello
    mov     x20, x0
    put     'h'
    ldr     x1, =0x40001000
    cmp     x20, x1                 /* x0 is the device tree's address */
    b.ne    1f
    put     'x'
1:  call    PSCI_VERSION
    ldr     x1, =0x10001
    cmp     x0, x1
    b.ne    1f
    put     'v'
1:  ldr     x0, =PSCI_VERSION
    smc     #0
    cmp     x0, x1
    b.ne    1f
    put     's'
1:  off
end_guest hello

guest spin
    msr     daifset, #0xf
    mov     x21, #0x1234
    put     'm'                     /* the stop may come at once */
1:  b       1b
end_guest spin

/* Counts in memory, for the pause test, and how far the virtual counter is behind the physical one. */
guest count
    ldr     x1, =0x40003000
    mov     x2, #0
1:  add     x2, x2, #1
    isb
    mrs     x3, cntvct_el0
    mrs     x4, cntpct_el0
    isb
    mrs     x5, cntvct_el0
    sub     x5, x5, x3
    cmp     x5, #2000               /* the emulator was busy elsewhere between the reads: try again */
    b.hi    1b
    sub     x3, x4, x3
    stp     x2, x3, [x1]
    b       1b
end_guest count

guest reset
    mov     x28, #77
    call    PSCI_SYSTEM_RESET
end_guest reset

guest cpu_off
    call    PSCI_CPU_OFF
end_guest cpu_off

/* CPU_ON of Linux's core 0 by its MPIDR is CPU_ON of ourselves to us; of others it is refused; garbage is unknown. */
guest psci
    ldr     x0, =PSCI_CPU_ON
    mov     x1, #0
    hvc     #0
    cmn     x0, #4                  /* ALREADY_ON */
    b.ne    1f
    ldr     x0, =PSCI_CPU_ON
    mov     x1, #1
    hvc     #0
    cmn     x0, #2                  /* INVALID_PARAMETERS */
    b.ne    1f
    mov     x0, #-1
    smc     #0
    cmn     x0, #1                  /* NOT_SUPPORTED */
    b.ne    1f
    put     'P'
1:  off
end_guest psci

guest unmapped_read
    ldr     x1, =0x12345678
    ldr     x2, [x1]
end_guest unmapped_read
guest unmapped_write
    ldr     x1, =0x60000000
    str     x2, [x1, #8]
end_guest unmapped_write
guest unmapped_fetch
    ldr     x1, =0x60000040
    br      x1
end_guest unmapped_fetch
guest denied_write
    ldr     x1, =0x50000010
    ldr     x2, [x1]
    str     x2, [x1]
end_guest denied_write
guest denied_fetch
    ldr     x1, =0x50000000
    br      x1
end_guest denied_fetch
guest no_syndrome
    ldr     x1, =GICD
    ldp     w2, w3, [x1]
end_guest no_syndrome
/* Accesses that the devices do not have: zero, ignored, and on it goes. */
guest bad_width
    ldr     x1, =UART
    ldr     x2, [x1, #0x30]         /* UARTCR, 64 bits */
    cbnz    x2, 1f
    mov     x2, #'F'
    str     x2, [x1]
    ldr     x1, =GICD
    ldrh    w2, [x1, #4]            /* GICD_TYPER */
    cbnz    w2, 1f
    mov     w2, #3
    strh    w2, [x1]                /* GICD_CTLR */
    ldr     w2, [x1]
    tst     w2, #3
    b.ne    1f
    put     'P'
1:  off
end_guest bad_width
/* Stage 1 on, with tables where there is no memory. */
guest table_walk
    ldr     x1, =0x70000000
    msr     ttbr0_el1, x1
    mov     x1, #25
    msr     tcr_el1, x1
    isb
    mrs     x1, sctlr_el1
    orr     x1, x1, #1
    msr     sctlr_el1, x1
    isb
    nop
end_guest table_walk

/* A register that is hidden: the exception as hardware would deliver it. */
guest undefined
    set_vectors
    mov     x3, #0
2:  mrs     x2, S3_0_C1_C2_1        /* TRFCR_EL1 */
    mrs     x2, S3_0_C15_C2_0       /* implementation defined */
    mrs     x2, S3_0_C10_C4_3
    cmp     x3, #3
    b.ne    1f
    put     'P'
1:  off
3:  mrs     x4, esr_el1
    ldr     x5, =0x02000000
    cmp     x4, x5
    b.ne    4f
    mrs     x4, spsr_el1
    ldr     x5, =0x3c5
    and     x4, x4, x5
    cmp     x4, x5
    b.ne    4f
    mrs     x4, elr_el1
    adr     x5, 2b
    add     x5, x5, x3, lsl #2
    cmp     x4, x5
    b.ne    4f
    add     x3, x3, #1
    add     x4, x4, #4
    msr     elr_el1, x4
    eret
4:  put     'F'
    off
    vectors 3b, .
end_guest undefined

guest id
    mrs     x1, mpidr_el1
    mov     x2, #0x80000000
    cmp     x1, x2
    b.ne    1f
    mrs     x1, id_aa64pfr0_el1
    ubfx    x2, x1, #28, #8         /* RAS, SVE */
    cbnz    x2, 1f
    mrs     x1, id_aa64dfr0_el1
    ubfx    x2, x1, #4, #4          /* TraceVer */
    cbnz    x2, 1f
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #0xf            /* PARange: up to 48 bits */
    cmp     x1, #5
    b.hi    1f
    mrs     x1, actlr_el1
    cbnz    x1, 1f
    msr     oslar_el1, xzr
    mrs     x1, oslsr_el1
    cmp     x1, #8
    b.ne    1f
    mov     x1, #0                  /* set/way, level 1 set 0 */
    dc      isw, x1
    dc      cisw, x1
    mrs     x1, cpacr_el1           /* FP/SIMD are there and empty */
    orr     x1, x1, #(3 << 20)
    msr     cpacr_el1, x1
    isb
    umov    x2, v31.d[1]
    cbnz    x2, 1f
    put     'P'
1:  off
end_guest id

/* Every register as the target of a device read, every one kept over each kind of exit. */
guest registers
    ldr     x1, =GICD
    ldr     w2, [x1, #4]
    .irp n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    mov     x\n, #-1
    ldr     w\n, [x1, #4]
    cmp     x\n, x2
    b.ne    1f
    .endr
    ldr     wzr, [x1, #4]
    .irp n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    mov     x\n, #(0x100 + \n)
    .endr
    ldr     x0, =PSCI_VERSION
    hvc     #0
    ldr     x0, =PSCI_VERSION
    smc     #0
    mrs     x3, id_aa64pfr0_el1
    ldr     w3, [x1, #4]
    ldr     x3, =UART
    str     wzr, [x3, #0x38]        /* UARTIMSC */
    .irp n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    cmp     x\n, #(0x100 + \n)
    b.ne    1f
    .endr
    mov     w20, #0x80              /* a byte with its top bit set, read back with sign: UARTIBRD */
    strb    w20, [x3, #0x24]
    ldrsb   x21, [x3, #0x24]
    cmn     x21, #0x80
    b.ne    1f
    ldrsb   w28, [x3, #0x24]
    mov     w4, #0xffffff80
    cmp     x28, x4
    b.ne    1f
    put     'P'
1:  off
end_guest registers

/* Echoes bytes until 'q'. */
guest echo
    ldr     x9, =UART
    mov     w1, #0x301
    str     w1, [x9, #0x30]         /* UARTCR: UARTEN, TXE, RXE */
1:  ldr     w1, [x9, #0x18]         /* UARTFR */
    tbz     w1, #4, 2f              /* RXFE */
    b       1b
2:  ldr     w1, [x9]
    cmp     w1, #'q'
    b.eq    3f
    str     w1, [x9]
    b       1b
3:  off
end_guest echo

/* The interrupt controller's set-up for one SPI or PPI, GICv3 or GICv2 as ID_AA64PFR0_EL1 says. Uses x10-x17. */
    .macro gic_enable intid
    ldr     x10, =GICD
    mrs     x11, id_aa64pfr0_el1
    ubfx    x11, x11, #24, #4
    cbz     x11, 7f
    /* GICv3: system registers, affinity routing, group 1 */
    mov     x12, #7
    msr     S3_0_C12_C12_5, x12     /* ICC_SRE_EL1 */
    isb
    mov     w12, #0x12
    str     w12, [x10]
    mov     x12, #0xff
    msr     S3_0_C4_C6_0, x12       /* ICC_PMR_EL1 */
    mov     x12, #1
    msr     S3_0_C12_C12_7, x12     /* ICC_IGRPEN1_EL1 */
    isb
    ldr     x13, =0x080b0000        /* SGI_base */
    .if \intid >= 32
    mov     x13, x10
    .endif
    b       8f
7:  mov     w12, #1
    str     w12, [x10]
    ldr     x13, =0x08010000
    str     w12, [x13]              /* GICC_CTLR */
    mov     w12, #0xff
    str     w12, [x13, #4]          /* GICC_PMR */
    mov     x13, x10
8:  mov     w12, #(1 << (\intid % 32))
    cbz     x11, 6f
    str     w12, [x13, #(0x80 + \intid / 32 * 4)]   /* IGROUPR */
6:  str     w12, [x13, #(0x100 + \intid / 32 * 4)]  /* ISENABLER */
    .endm
    /* w20 = INTID */
    .macro gic_acknowledge
    mrs     x11, id_aa64pfr0_el1
    ubfx    x11, x11, #24, #4
    cbz     x11, 5f
    mrs     x20, S3_0_C12_C12_0     /* ICC_IAR1_EL1 */
    b       6f
5:  ldr     x13, =0x08010000
    ldr     w20, [x13, #0xc]
6:
    .endm
    .macro gic_end
    cbz     x11, 5f
    msr     S3_0_C12_C12_1, x20     /* ICC_EOIR1_EL1 */
    isb
    b       6f
5:  str     w20, [x13, #0x10]
6:
    .endm

/* The virtual timer's interrupt, taken three times: out of WFI, spinning, out of CPU_SUSPEND. */
guest timer
    set_vectors
    gic_enable 27
    mov     x22, #0
    msr     daifset, #2             /* so that it can't come before WFI */
    bl      arm_timer
    wfi
    msr     daifclr, #2
1:  cmp     x22, #1
    b.ne    1b
    bl      arm_timer
2:  cmp     x22, #2
    b.ne    2b
    msr     daifset, #2
    bl      arm_timer
    ldr     x0, =PSCI_CPU_SUSPEND
    hvc     #0
    cbnz    x0, 4f
    msr     daifclr, #2
    isb
    cmp     x22, #3
    b.ne    4f
    put     'P'
4:  off
arm_timer:
    mrs     x1, cntfrq_el0
    lsr     x1, x1, #10             /* about 1 ms */
    msr     cntv_tval_el0, x1
    mov     x1, #1
    msr     cntv_ctl_el0, x1
    isb
    ret
3:  gic_acknowledge
    cmp     w20, #27
    b.ne    4b
    msr     cntv_ctl_el0, xzr
    isb
    gic_end
    add     x22, x22, #1
    eret
    vectors 4b, 3b
end_guest timer

/* A doorbell comes, one goes back; then off. */
guest doorbell
    set_vectors
    gic_enable 96
    put     'r'
    wfi                             /* nothing else is enabled */
    msr     daifclr, #2
1:  b       1b
3:  gic_acknowledge
    gic_end
    cmp     w20, #96
    b.ne    4f
    ldr     x0, =AMP_DOORBELL
    mov     x1, #0
    hvc     #0
    cbnz    x0, 4f
    ldr     x0, =AMP_DOORBELL
    mov     x1, #1
    hvc     #0
    cmn     x0, #2                  /* no such channel */
    b.ne    4f
    put     'P'
4:  off
    vectors 4b, 3b
end_guest doorbell

    .macro expect register, value:vararg
    ldr     x9, =\value
    cmp     \register, x9
    b.ne    4f
    .endm
/*
 * Device 1 is a network device with two queues, transport 2 has none; back_end.cpp answers what the monitor does not. One
 * notification, one interrupt, a reset; its registers survive the waits.
 */
guest virtio
    set_vectors
    gic_enable 49
    ldr     x24, =VIRTIO
    add     x25, x24, #0x200
    ldr     w1, [x25]
    expect  x1, 0x74726976
    ldr     w1, [x25, #4]
    expect  x1, 2
    ldr     w1, [x25, #8]
    expect  x1, 1
    ldr     w1, [x25, #0xc]
    expect  x1, 0x00504d41
    ldr     w1, [x24, #8]
    expect  x1, 4
    ldr     w1, [x24, #0x408]
    ldr     w2, [x24, #0x3e08]
    ldr     w3, [x24, #0x470]
    ldr     x4, [x24, #0x3ff8]
    ldrh    w5, [x25, #0x10]        /* no such access: no back end is asked */
    orr     x1, x1, x2
    orr     x1, x1, x3
    orr     x1, x1, x4
    orr     x1, x1, x5
    cbnz    x1, 4f
    mov     w1, #3
    str     w1, [x24, #0x450]
    str     w1, [x24, #0x470]
    .irp n, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 26, 27, 28, 29, 30
    mov     x\n, #(0x100 + \n)
    .endr
    mov     x1, #-1
    ldr     w1, [x25, #0x10]        /* DeviceFeatures */
    expect  x1, 0x765432f0
    ldrsb   x21, [x25, #0x101]
    expect  x21, 0xfffffffffffffff1
    ldrsb   w21, [x25, #0x102]
    expect  x21, 0xfffffff2
    ldrh    w2, [x25, #0x1fe]
    expect  x2, 0x32fe
    ldr     x21, [x25, #0x108]
    expect  x21, 0xfedcba98765432f8
    ldr     wzr, [x25, #0x70]
    str     x20, [x25, #0x1f8]
    str     w30, [x25, #0x20]
    strb    w21, [x25, #0x1ff]
    str     wzr, [x24, #0x70]       /* the other device */
    .irp n, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 26, 27, 28, 29, 30
    cmp     x\n, #(0x100 + \n)
    b.ne    4f
    .endr
    mov     w1, #2
    str     w1, [x25, #0x50]        /* no such queue */
    mov     w1, #1
    str     w1, [x25, #0x50]
    wfi                             /* nothing else is enabled */
    msr     daifclr, #2
1:  b       1b
3:  gic_acknowledge
    cmp     w20, #49
    b.ne    4f
    ldr     w1, [x25, #0x60]
    expect  x1, 3
    ldr     w1, [x24, #0x60]
    cbnz    w1, 4f
    mov     w1, #1
    str     w1, [x25, #0x64]
    ldr     w1, [x25, #0x60]
    expect  x1, 2
    gic_end
    str     wzr, [x25, #0x70]       /* reset */
    ldr     w1, [x25, #0x60]
    cbnz    w1, 4f
    put     'P'
4:  off
    vectors 4b, 3b
end_guest virtio

/* Nobody answers. */
guest virtio_waits
    put     'w'
    ldr     x25, =VIRTIO + 0x200
    ldr     w21, [x25, #0x70]
    put     'F'
    off
end_guest virtio_waits

/*
 * Instructions per event, for -icount shift=0 (one instruction is one nanosecond): each row is the time of 1024 rounds in
 * counter ticks at 0x40003000. Rows: empty loop, HVC PSCI_VERSION, read of GICD_TYPER, write of a virtio device's QueueNotify,
 * read of its InterruptStatus.
 */
    .macro measure row, code:vararg
    mov     x20, #1024
    isb
    mrs     x21, cntvct_el0
1:  \code
    subs    x20, x20, #1
    b.ne    1b
    isb
    mrs     x22, cntvct_el0
    sub     x22, x22, x21
    ldr     x23, =0x40003000
    str     x22, [x23, #(8 * \row)]
    .endm
    .macro hvc_version
    mov     w0, w25
    hvc     #0
    .endm
guest bench
    ldr     x24, =GICD
    ldr     w25, =PSCI_VERSION
    measure 0, nop
    measure 1, hvc_version
    measure 2, ldr w1, [x24, #4]
    ldr     x24, =VIRTIO
    measure 3, str wzr, [x24, #0x50]
    measure 4, ldr w1, [x24, #0x60]
    off
end_guest bench
