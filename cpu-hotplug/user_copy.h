/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies to and from user memory under locks that a partition's end takes. A page that has to come first may never come (FUSE,
 * userfaultfd): such a copy fails at once, and its caller waits for the page without a lock and then tries again.
 */
#ifndef AMP_USER_COPY_H
#define AMP_USER_COPY_H

#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include "compat.h"

/* Pages that are there may be gone again before the copy; who has that so often is refused. */
#define AMP_COPY_TRIES 32

static inline bool amp_copy_out(void __user *to, const void *from, size_t size)
{
	unsigned long left;

	pagefault_disable();
	left = copy_to_user(to, from, size);
	pagefault_enable();
	return !left;
}

static inline bool amp_copy_in(void *to, const void __user *from, size_t size)
{
	unsigned long left;

	pagefault_disable();
	left = copy_from_user(to, from, size);
	pagefault_enable();
	return !left;
}

/* After a copy that failed, without locks; waits for the pages. 0: to be tried again; -EFAULT, -ERESTARTSYS. `tries`: 0 at first. */
static inline int amp_copy_wait(const void __user *at, size_t size, bool out, unsigned int *tries)
{
	size_t missing = out ? amp_fault_in_writeable((void __user *)at, size) : amp_fault_in_readable(at, size);

	if (!missing && ++*tries <= AMP_COPY_TRIES)
		return 0;
	return missing && signal_pending(current) ? -ERESTARTSYS : -EFAULT;
}

#endif
