/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks with interrupts off, out of line: the kernel's own are inlined on arm64, a copy per file with its alternatives and
 * relocations.
 */
#ifndef AMP_LOCK_H
#define AMP_LOCK_H

#include <linux/spinlock.h>

unsigned long amp_lock(spinlock_t *lock) __acquires(lock);
void amp_unlock(spinlock_t *lock, unsigned long flags) __releases(lock);

#endif
