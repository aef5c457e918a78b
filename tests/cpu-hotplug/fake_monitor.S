/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A monitor without a guest, for trying the module alone: says that it runs, acknowledges every request, pauses, and on STOP
 * reports the end and turns the core off. Caches and MMU stay off; requests are polled for, kicks ignored.
 */
#include "amp/abi/boot_info.h"

	.text
	b start
	.word AMP_MONITOR_MAGIC
	.hword AMP_ABI_MAJOR, AMP_ABI_MINOR
	.word 0
	.quad end
	.quad 0x2000
start:
	ldr x19, [x0, #72]	/* mailbox */
	ldr x20, [x0, #104]	/* exit record */
	ldr w21, [x19]		/* requests up to here were answered */
	mov w1, #1		/* AMP_MONITOR_RUNNING */
	str w1, [x19, #68]
poll:
	yield
	ldr w22, [x19]
	cmp w22, w21
	b.eq poll
	mov w21, w22
	dmb ish
	ldr w1, [x19, #4]	/* wanted: 1-3; the state that follows has the same number */
	cmp w1, #3
	b.ne 1f
	mov w2, #1		/* AMP_EXIT_STOPPED */
	str w2, [x20]
	dmb ish
1:	str w1, [x19, #68]
	dmb ish
	str w21, [x19, #64]
	cmp w1, #3
	b.ne poll
	dsb sy
	movz w0, #0x0002	/* PSCI CPU_OFF, 0x84000002 */
	movk w0, #0x8400, lsl #16
	smc #0
	b .
	.balign 8
end:
