/* SPDX-License-Identifier: GPL-2.0-only */
/* gic_guest.bin as a row of the loader's table. */
    .section .rodata.guest_gic, "a"
    .balign 2048
    .globl guest_gic, guest_gic_end
guest_gic:
    .incbin GIC_GUEST_BIN
guest_gic_end:
