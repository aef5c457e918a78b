/* SPDX-License-Identifier: GPL-2.0-only */
/* The 32-bit guests, which another assembler has made. */
    .section .rodata.guests32, "a"
    .balign 2048
    .globl guests32, guests32_end
guests32:
#ifdef GUESTS32_BIN
    .incbin GUESTS32_BIN
#endif
guests32_end:
