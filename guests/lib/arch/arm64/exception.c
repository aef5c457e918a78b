/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What happens on an exception unless the guest says otherwise. Called by vectors.S. */
#include "amp/guest/exception.h"

#include <stddef.h>

#include "amp/guest/console.h"
#include "amp/guest/hypercall.h"

_Static_assert(sizeof(struct amp_exception) == AMP_EXCEPTION_SIZE, "vectors.S");
_Static_assert(offsetof(struct amp_exception, sp) == AMP_EXCEPTION_SP, "vectors.S");
_Static_assert(offsetof(struct amp_exception, elr) == AMP_EXCEPTION_ELR, "vectors.S");
_Static_assert(offsetof(struct amp_exception, esr) == AMP_EXCEPTION_ESR, "vectors.S");
_Static_assert(offsetof(struct amp_exception, fpsr) == AMP_EXCEPTION_FPSR, "vectors.S");
_Static_assert(offsetof(struct amp_exception, q) == AMP_EXCEPTION_Q, "vectors.S");

#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)
/* Arm ARM, ESR_EL1.EC: these report the address behind the instruction */
#define CLASS_SVC64 0x15
#define CLASS_HVC64 0x16
#define CLASS_SMC64 0x17

static volatile bool skipping;
static volatile uint32_t skipped_count;
static volatile uint64_t last_esr;

uint32_t amp_exception_skip(bool on)
{
    uint32_t count = skipped_count;

    skipped_count = 0;
    skipping = on;
    return count;
}

uint64_t amp_exception_last_esr(void)
{
    return last_esr;
}

void amp_exception_fatal(const char *what, const struct amp_exception *exception)
{
    amp_printf("\nFATAL: %s, pc=0x%lx esr=0x%lx (class 0x%lx) far=0x%lx pstate=0x%lx sp=0x%lx\n", what, exception->elr,
               exception->esr, ESR_CLASS(exception->esr), exception->far, exception->spsr, exception->sp);
    for (unsigned i = 0; i < 31; i++)
        amp_printf("x%-2u 0x%016lx%s", i, exception->x[i], i % 4 == 3 ? "\n" : "  ");
    amp_printf("\n");
    amp_psci_system_off();
}

void amp_exception_default(struct amp_exception *exception)
{
    last_esr = exception->esr;
    if (!skipping)
        amp_exception_fatal("unexpected synchronous exception", exception);
    skipped_count++;
    if (ESR_CLASS(exception->esr) < CLASS_SVC64 || ESR_CLASS(exception->esr) > CLASS_SMC64)
        exception->elr += 4;
}

__attribute__((weak)) void amp_on_sync(struct amp_exception *exception)
{
    amp_exception_default(exception);
}

__attribute__((weak)) void amp_on_fiq(struct amp_exception *exception)
{
    amp_exception_fatal("unexpected FIQ", exception);
}

__attribute__((weak)) void amp_on_serror(struct amp_exception *exception)
{
    amp_exception_fatal("SError", exception);
}
