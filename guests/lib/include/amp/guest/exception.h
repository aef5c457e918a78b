/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Exceptions taken to EL1. The amp_on_* functions are weak: a guest may define its own. Left alone, interrupts go to irq.h's
 * handlers and everything else prints the registers and ends the partition.
 */
#ifndef AMP_GUEST_EXCEPTION_H
#define AMP_GUEST_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/guest/arch_exception.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Weak; define one to handle that kind of exception yourself. */
void amp_on_sync(struct amp_exception *exception);
void amp_on_irq(struct amp_exception *exception);
void amp_on_fiq(struct amp_exception *exception);
void amp_on_serror(struct amp_exception *exception);

/* What amp_on_sync does unless a guest has its own, which may call this for what it does not expect. */
void amp_exception_default(struct amp_exception *exception);

/* Prints the registers, ends the partition. */
__attribute__((noreturn)) void amp_exception_fatal(const char *what, const struct amp_exception *exception);

/*
 * For guests that provoke exceptions: while skipping is on, a synchronous exception only counts and goes on behind the
 * instruction. amp_exception_skip returns the number counted since it was called last.
 */
uint32_t amp_exception_skip(bool on);
uint64_t amp_exception_last_esr(void); /* in a 32-bit guest: IFSR or DFSR, 0 for other exceptions */

#ifdef __cplusplus
}
#endif
#endif
