/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What happens on an exception of a 32-bit guest unless the guest says otherwise. Called by vectors.S. */
#include "amp/guest/exception.h"

#include "amp/guest/console.h"
#include "amp/guest/hypercall.h"

_Static_assert(sizeof(struct amp_exception) == AMP_EXCEPTION_SIZE, "vectors.S");

#define THUMB (1u << 5)
/* Arm ARM F3.1: a T32 instruction that begins like this has 4 bytes */
#define LONG_THUMB 0xe800u

static volatile bool skipping;
static volatile uint32_t skipped_count, skipping_cpsr, last_status;

uint32_t amp_exception_skip(bool on)
{
    uint32_t count = skipped_count, cpsr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
    skipping_cpsr = cpsr;
    skipped_count = 0;
    skipping = on;
    return count;
}

uint64_t amp_exception_last_esr(void)
{
    return last_status;
}

void amp_exception_fatal(const char *what, const struct amp_exception *exception)
{
    static const char *const kinds[] = {"", "undefined instruction", "SVC", "prefetch abort", "data abort", "IRQ", "FIQ"};

    amp_printf("\nFATAL: %s (%s), pc=0x%x status=0x%x address=0x%x cpsr=0x%x sp=0x%x lr=0x%x\n", what, kinds[exception->kind],
               (unsigned)exception->pc, (unsigned)exception->status, (unsigned)exception->address, (unsigned)exception->cpsr,
               (unsigned)exception->sp, (unsigned)exception->lr);
    for (unsigned i = 0; i < 13; i++)
        amp_printf("r%-2u 0x%08x%s", i, (unsigned)exception->r[i], i % 4 == 3 ? "\n" : "  ");
    amp_printf("\n");
    amp_psci_system_off();
}

/* Behind the instruction: vectors.S has an undefined one's pc there already, but for T32, where the exception reports 2 bytes. */
static void skip(struct amp_exception *exception)
{
    uint32_t size = 4;

    if (exception->kind == AMP_EXCEPTION_SVC || exception->kind == AMP_EXCEPTION_PREFETCH_ABORT)
        return;
    if (exception->kind == AMP_EXCEPTION_UNDEFINED) {
        /*
         * QEMU 7.2 does not show this mode the SPSR that a hypervisor gave it with an exception; whoever provokes exceptions is
         * in the state in which he said so.
         */
        exception->cpsr = skipping_cpsr;
        exception->pc -= (exception->cpsr & THUMB) != 0 ? 2 : 4;
    }
    if ((exception->cpsr & THUMB) != 0 && *(const uint16_t *)(uintptr_t)exception->pc < LONG_THUMB)
        size = 2;
    exception->pc += size;
}

void amp_exception_default(struct amp_exception *exception)
{
    last_status = exception->status;
    if (!skipping)
        amp_exception_fatal("unexpected synchronous exception", exception);
    skipped_count++;
    skip(exception);
}

__attribute__((weak)) void amp_on_sync(struct amp_exception *exception)
{
    amp_exception_default(exception);
}

__attribute__((weak)) void amp_on_fiq(struct amp_exception *exception)
{
    amp_exception_fatal("unexpected FIQ", exception);
}
