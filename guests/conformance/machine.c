/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "machine.h"

#include <string.h>

#include "console_line.h"
#include "debug.h"
#include "timer.h"

#define FIRST_SPECIAL_INTID 1020u
#define INTID_MASK 0x3ffu
#define QUIET_ROUNDS 2000u

struct taken taken;
struct sync sync_exceptions;
void (*volatile on_interrupt)(uint32_t intid);
volatile bool keep_active;
volatile bool count_exceptions;

void mask(void)
{
    __asm__ volatile("msr daifset, #3" : : : "memory");
}

void unmask(void)
{
    __asm__ volatile("msr daifclr, #3\n\tisb" : : : "memory");
}

static void handle(uint32_t acknowledged, void (*end)(uint32_t))
{
    uint32_t intid = acknowledged & INTID_MASK;

    if (intid >= FIRST_SPECIAL_INTID) {
        taken.spurious++;
        return;
    }
    taken.intid[taken.count % TAKEN_MAX] = intid;
    taken.count++;
    if (++taken.depth > taken.deepest)
        taken.deepest = taken.depth;
    if (on_interrupt != NULL)
        on_interrupt(intid);
    taken.depth--;
    if (!keep_active)
        end(acknowledged);
}

void amp_on_irq(struct amp_exception *exception)
{
    (void)exception;
    handle(gic_acknowledge(), gic_end);
}

void amp_on_fiq(struct amp_exception *exception)
{
    (void)exception;
    taken.fiqs++;
    handle(gic_acknowledge_fiq(), gic_end_fiq);
}

#define SPSR_STEP (1ull << 21)

void amp_on_sync(struct amp_exception *exception)
{
    if (!count_exceptions) {
        amp_exception_default(exception);
        return;
    }
    sync_exceptions.count++;
    sync_exceptions.esr = exception->esr;
    sync_exceptions.far = exception->far;
    sync_exceptions.elr = exception->elr;
    sync_exceptions.spsr = exception->spsr;
    exception->spsr &= ~SPSR_STEP;
    if (ESR_CLASS(exception->esr) == CLASS_STEP) {
        AMP_SYSREG_WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
        return; /* taken behind the instruction; everything else would happen again */
    }
    exception->elr += 4;
    if (ESR_CLASS(exception->esr) == CLASS_BRK && sync_exceptions.step) {
        AMP_SYSREG_WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE | MDSCR_SS); /* of no effect here, where PSTATE.D is set */
        exception->spsr |= SPSR_STEP;
    }
}

void machine_reset(void)
{
    mask();
    timers_reset();
    console_line_reset();
    debug_reset();
    gic_reset();
    memset(&taken, 0, sizeof(taken));
    memset(&sync_exceptions, 0, sizeof(sync_exceptions));
    on_interrupt = NULL;
    keep_active = false;
    count_exceptions = false;
    unmask();
}

bool wait_taken(uint32_t count)
{
    uint64_t end = amp_timer_now() + amp_timer_frequency();

    for (uint32_t seen = taken.count; seen < count;) {
        uint32_t now = taken.count;

        if (now != seen)
            end = amp_timer_now() + amp_timer_frequency();
        else if (amp_timer_now() > end)
            return false;
        seen = now;
    }
    return true;
}

void wait_ticks(uint64_t ticks)
{
    uint64_t end = amp_timer_now() + ticks;

    while (amp_timer_now() < end)
        ;
}

/* Time alone would not do: an emulator may be off the host's processor all the while. */
void be_quiet(void)
{
    for (uint32_t round = 0; round < QUIET_ROUNDS; round++)
        amp_isb();
    wait_ticks(amp_timer_frequency() / 2000);
}
