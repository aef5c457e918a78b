/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arm ARM D11.2: condition, control, the two views of the compare value; each test on the virtual and the physical timer. */
#include "machine.h"
#include "start.h"
#include "test.h"
#include "tests_declared.h"
#include "timer.h"

static const struct timer *timer;

static enum outcome on_both(enum outcome (*test)(void))
{
    timer = &virtual_timer;
    EXPECT_PASS(test());
    machine_reset();
    timer = &physical_timer;
    return test();
}

static uint64_t ms(uint64_t count)
{
    return count * amp_timer_frequency() / 1000;
}

/* What every handler of a level-triggered timer does. */
static void stop_timer(uint32_t intid)
{
    (void)intid;
    timer->set_ctl(0);
}

static void prepare(void)
{
    on_interrupt = stop_timer;
    gic_prepare(timer->intid, PRIORITY_DEFAULT);
}

enum outcome test_counter_frequency(void)
{
    EXPECT(amp_timer_frequency() >= 1000000);
    EXPECT(amp_timer_frequency() < 10000000000ull);
    return PASS;
}

/* In a partition this is the offset of the virtual counter, on a machine just switched on the counter itself. */
enum outcome test_counter_starts_near_zero(void)
{
    EXPECT(conformance_start.virtual_count < 5 * amp_timer_frequency());
    return PASS;
}

static enum outcome advances(void)
{
    uint64_t last = timer->count();

    for (unsigned i = 0; i < 10000; i++) {
        uint64_t now = timer->count();

        EXPECT(now >= last);
        last = now;
    }
    return PASS;
}

enum outcome test_counter_monotonic(void)
{
    return on_both(advances);
}

/* What one counter measures lies within what the other measures around it. */
static enum outcome within(const struct timer *inner, const struct timer *outer)
{
    uint64_t outer_from = outer->count(), inner_from = inner->count(), inner_to;

    wait_ticks(ms(10));
    inner_to = inner->count();
    EXPECT(outer->count() - outer_from >= inner_to - inner_from);
    return PASS;
}

enum outcome test_counter_same_rate(void)
{
    EXPECT_PASS(within(&virtual_timer, &physical_timer));
    return within(&physical_timer, &virtual_timer);
}

static enum outcome fires(void)
{
    uint64_t deadline = timer->count() + ms(3);

    prepare();
    timer->set_cval(deadline);
    timer->set_ctl(TIMER_ENABLE);
    EXPECT(wait_taken(1));
    EXPECT(timer->count() >= deadline);
    EXPECT_EQUAL(taken.intid[0], timer->intid);
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    return PASS;
}

enum outcome test_timer_fires(void)
{
    return on_both(fires);
}

static enum outcome cval_past(void)
{
    prepare();
    timer->set_cval(0);
    timer->set_ctl(TIMER_ENABLE);
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_timer_cval_past(void)
{
    return on_both(cval_past);
}

/*
 * As far away as a signed count goes. With all 64 bits set and an offset of the virtual counter, QEMU 7.2 takes the sum, which
 * overflows, for a time in the past, and its main loop never ends.
 */
#define FARTHEST (~0ull >> 1)

static enum outcome cval_max(void)
{
    prepare();
    timer->set_cval(FARTHEST);
    timer->set_ctl(TIMER_ENABLE);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE);
    EXPECT_EQUAL(timer->cval(), FARTHEST);
    return PASS;
}

enum outcome test_timer_cval_max(void)
{
    return on_both(cval_max);
}

static enum outcome imask(void)
{
    prepare();
    timer->set_cval(0);
    timer->set_ctl(TIMER_ENABLE | TIMER_IMASK);
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE | TIMER_IMASK | TIMER_ISTATUS);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    timer->set_ctl(TIMER_ENABLE);
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_timer_mask(void)
{
    return on_both(imask);
}

static enum outcome disabled(void)
{
    prepare();
    timer->set_cval(0);
    timer->set_ctl(0);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    EXPECT_EQUAL(timer->ctl() & TIMER_ENABLE, 0);
    return PASS;
}

enum outcome test_timer_disabled(void)
{
    return on_both(disabled);
}

static enum outcome istatus(void)
{
    timer->set_cval(timer->count() + ms(1000));
    timer->set_ctl(TIMER_ENABLE | TIMER_IMASK);
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE | TIMER_IMASK);
    timer->set_cval(timer->count());
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE | TIMER_IMASK | TIMER_ISTATUS);
    timer->set_cval(timer->count() + ms(1000));
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE | TIMER_IMASK);
    return PASS;
}

enum outcome test_timer_istatus(void)
{
    return on_both(istatus);
}

static enum outcome tval_sets_cval(void)
{
    uint64_t before = timer->count(), cval;

    timer->set_tval((uint32_t)ms(500));
    cval = timer->cval();
    EXPECT(cval >= before + ms(500));
    EXPECT(cval <= timer->count() + ms(500));
    EXPECT(timer->tval() <= ms(500));
    return PASS;
}

enum outcome test_timer_tval(void)
{
    return on_both(tval_sets_cval);
}

/* Signed 32 bits on the way in, the low 32 bits of the difference on the way out. */
static enum outcome tval_wrap(void)
{
    uint64_t before = timer->count();

    timer->set_tval((uint32_t)-100);
    EXPECT(timer->cval() >= before - 100);
    EXPECT(timer->cval() <= timer->count() - 100);
    timer->set_ctl(TIMER_ENABLE | TIMER_IMASK);
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE | TIMER_IMASK | TIMER_ISTATUS);
    EXPECT((int32_t)timer->tval() <= -100);
    timer->set_tval(0x7fffffff);
    EXPECT(timer->cval() >= before + 0x7fffffff);
    EXPECT_EQUAL(timer->ctl(), TIMER_ENABLE | TIMER_IMASK);
    return PASS;
}

enum outcome test_timer_tval_wrap(void)
{
    return on_both(tval_wrap);
}

static void keep_until_three(uint32_t intid)
{
    (void)intid;
    if (taken.count == 3)
        timer->set_ctl(0);
}

static enum outcome stays_high(void)
{
    gic_prepare(timer->intid, PRIORITY_DEFAULT);
    on_interrupt = keep_until_three;
    timer->set_cval(0);
    timer->set_ctl(TIMER_ENABLE);
    EXPECT(wait_taken(3));
    be_quiet();
    EXPECT_EQUAL(taken.count, 3);
    return PASS;
}

enum outcome test_timer_stays_high(void)
{
    return on_both(stays_high);
}

#define TICKS 50u

static uint64_t next_tick;

static void tick(uint32_t intid)
{
    (void)intid;
    next_tick += ms(1) / 4;
    timer->set_cval(next_tick);
    if (taken.count == TICKS)
        timer->set_ctl(0);
}

static enum outcome periodic(void)
{
    gic_prepare(timer->intid, PRIORITY_DEFAULT);
    on_interrupt = tick;
    next_tick = timer->count();
    timer->set_cval(next_tick);
    timer->set_ctl(TIMER_ENABLE);
    EXPECT(wait_taken(TICKS));
    EXPECT(timer->count() >= next_tick - ms(1) / 4);
    be_quiet();
    EXPECT_EQUAL(taken.count, TICKS);
    return PASS;
}

enum outcome test_timer_periodic(void)
{
    return on_both(periodic);
}

static enum outcome pending_bit(void)
{
    timer->set_cval(0);
    timer->set_ctl(TIMER_ENABLE);
    EXPECT(gic_get(GICD_ISPENDR, timer->intid));
    timer->set_ctl(0);
    EXPECT(!gic_get(GICD_ISPENDR, timer->intid));
    return PASS;
}

enum outcome test_timer_pending_bit(void)
{
    return on_both(pending_bit);
}

/* Line and latch are two things (IHI 0048B 4.3.7): the line that falls leaves the latch. */
static enum outcome pended_by_hand(void)
{
    mask();
    prepare();
    timer->set_cval(0);
    timer->set_ctl(TIMER_ENABLE);
    gic_set(GICD_ISPENDR, timer->intid);
    gic_set(GICD_ICENABLER, timer->intid);
    timer->set_ctl(0);
    EXPECT(gic_get(GICD_ISPENDR, timer->intid));
    unmask();
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    gic_set(GICD_ISENABLER, timer->intid);
    EXPECT(wait_taken(1));
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    EXPECT(!gic_get(GICD_ISPENDR, timer->intid));
    timer->set_ctl(TIMER_ENABLE); /* and the line comes through again */
    EXPECT(wait_taken(2));
    be_quiet();
    EXPECT_EQUAL(taken.count, 2);
    return PASS;
}

enum outcome test_timer_pended_by_hand(void)
{
    return on_both(pended_by_hand);
}

/* WFI ends with the interrupt masked in PSTATE too; the handler runs when it is unmasked. */
static enum outcome wakes(void)
{
    uint64_t deadline;

    prepare();
    mask();
    deadline = timer->count() + ms(5);
    timer->set_cval(deadline);
    timer->set_ctl(TIMER_ENABLE);
    while (timer->count() < deadline)
        amp_cpu_wait();
    EXPECT_EQUAL(taken.count, 0);
    unmask();
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_timer_wfi(void)
{
    return on_both(wakes);
}

static void stop_that_timer(uint32_t intid)
{
    (intid == virtual_timer.intid ? &virtual_timer : &physical_timer)->set_ctl(0);
}

enum outcome test_timer_both(void)
{
    mask();
    on_interrupt = stop_that_timer;
    gic_prepare(virtual_timer.intid, 0xa0);
    gic_prepare(physical_timer.intid, 0x80);
    virtual_timer.set_cval(0);
    physical_timer.set_cval(0);
    virtual_timer.set_ctl(TIMER_ENABLE);
    physical_timer.set_ctl(TIMER_ENABLE);
    unmask();
    EXPECT(wait_taken(2));
    be_quiet();
    EXPECT_EQUAL(taken.count, 2);
    EXPECT_EQUAL(taken.intid[0], physical_timer.intid);
    EXPECT_EQUAL(taken.intid[1], virtual_timer.intid);
    return PASS;
}
