/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest, as its .bin. */
    .section .rodata.guest, "a"
    .balign 16
    .globl  guest_image, guest_image_end
guest_image:
    .incbin GUEST_BIN
guest_image_end:
