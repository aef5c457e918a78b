/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What came in, and waiting for it. The handler acknowledges, records, calls `on_interrupt` if it is set, and ends the
 * interrupt; FIQs the same in their registers.
 */
#ifndef CONFORMANCE_MACHINE_H
#define CONFORMANCE_MACHINE_H

#include "gic.h"

#define TAKEN_MAX 128

struct taken {
    volatile uint32_t count, fiqs, spurious;
    volatile uint32_t depth, deepest;      /* of nested handlers */
    volatile uint32_t intid[TAKEN_MAX];    /* in the order they came */
};
extern struct taken taken;
extern void (*volatile on_interrupt)(uint32_t intid);
/* Set by a test that ends what it takes by itself. */
extern volatile bool keep_active;

/* Synchronous exceptions while `count_exceptions` is on: counted, the instruction skipped. */
struct sync {
    volatile uint32_t count;
    volatile uint64_t esr, far, elr, spsr;
    volatile bool step; /* BRK goes on with the next instruction as a single step */
};
extern struct sync sync_exceptions;
extern volatile bool count_exceptions;
#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)

/* Before each test: GIC, timers, console interrupts, debug registers and all of the above as at the start; unmasked. */
void machine_reset(void);
void mask(void);   /* IRQ and FIQ */
void unmask(void);

/* Until so many were taken; false after a second in which none came. */
bool wait_taken(uint32_t count);
/* Long enough for whatever should not come. */
void be_quiet(void);
void wait_ticks(uint64_t ticks);

#endif
