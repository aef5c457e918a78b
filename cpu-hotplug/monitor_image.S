/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monitor, carried as data: unpacked once while the module loads (monitor.c), after which Linux frees this section. The
 * module copies it to every core's own memory and never executes it.
 */
	.section .init.rodata, "a"
	.globl amp_monitor_packed
	.globl amp_monitor_packed_end
amp_monitor_packed:
	.incbin "monitor.deflate"
amp_monitor_packed_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
