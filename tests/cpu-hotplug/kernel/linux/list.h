/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's list head; no tested file walks one. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_LIST_H
#define AMP_TESTS_KERNEL_LIST_H

struct list_head {
	struct list_head *next, *prev;
};

#endif
