/* SPDX-License-Identifier: GPL-2.0-only */
/* The monitor, carried as data: the module copies it to every core's own memory and never executes it. */
	.section .rodata, "a"
	.globl amp_monitor_image
	.globl amp_monitor_image_end
	.balign 4096
amp_monitor_image:
	.incbin "monitor.bin"
amp_monitor_image_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
