/* SPDX-License-Identifier: GPL-2.0-only */
/* Core 0 at EL2: stack, zeroed data, C++. The blobs that the loader puts into place. */
    .section .text.start, "ax"
    .globl _start
_start:
    ldr     x0, =__stack_end
    mov     sp, x0
    msr     cptr_el2, xzr
    ldr     x1, =__bss_start
    ldr     x2, =__bss_end
1:  cmp     x1, x2
    b.hs    2f
    str     xzr, [x1], #8
    b       1b
2:  bl      run
    b       .

    .section .rodata.blobs, "a"
    .balign 16
    .globl  monitor_image, monitor_image_end
monitor_image:
    .incbin MONITOR_BIN
monitor_image_end:
    .globl memcpy, memset
    .text
memcpy:
    mov     x3, x0
1:  cbz     x2, 2f
    ldrb    w4, [x1], #1
    strb    w4, [x3], #1
    sub     x2, x2, #1
    b       1b
2:  ret
memset:
    mov     x3, x0
1:  cbz     x2, 2f
    strb    w1, [x3], #1
    sub     x2, x2, #1
    b       1b
2:  ret
