// SPDX-License-Identifier: GPL-2.0-only
/* The module's one copy of a spinlock with interrupts off. Called wherever one is taken; decides nothing. */
#include "lock.h"

unsigned long amp_lock(spinlock_t *lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	return flags;
}

void amp_unlock(spinlock_t *lock, unsigned long flags)
{
	spin_unlock_irqrestore(lock, flags);
}
