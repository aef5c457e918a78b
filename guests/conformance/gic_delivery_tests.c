/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From pending to the handler and back: acknowledge, both ways of ending, groups, SGIs, levels, more than fit. */
#include "console_line.h"
#include "machine.h"
#include "tests_declared.h"

#define SPI (SPI_FIRST + 9)
#define OTHER (SPI_FIRST + 10)
#define MANY 24u
#define NESTED 7u

enum outcome test_spurious(void)
{
    mask();
    EXPECT_EQUAL(gic_acknowledge(), INTID_NONE);
    EXPECT_EQUAL(gic_highest_pending(), INTID_NONE);
    return PASS;
}

enum outcome test_acknowledge_polled(void)
{
    mask();
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT_EQUAL(gic_highest_pending(), SPI);
    EXPECT(gic_get(GICD_ISPENDR, SPI));
    EXPECT_EQUAL(gic_acknowledge(), SPI);
    EXPECT(!gic_get(GICD_ISPENDR, SPI));
    EXPECT(gic_get(GICD_ISACTIVER, SPI));
    EXPECT_EQUAL(gic_acknowledge(), INTID_NONE);
    gic_end(SPI);
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    return PASS;
}

enum outcome test_eoimode0(void)
{
    mask();
    gic_prepare(SPI, 0x80);
    gic_prepare(OTHER, 0x80);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT_EQUAL(gic_acknowledge(), SPI);
    gic_set(GICD_ISPENDR, OTHER);
    EXPECT_EQUAL(gic_acknowledge(), INTID_NONE);
    gic_end(SPI);
    EXPECT_EQUAL(gic_acknowledge(), OTHER);
    gic_end(OTHER);
    EXPECT(!gic_get(GICD_ISACTIVER, OTHER));
    return PASS;
}

enum outcome test_eoimode1(void)
{
    mask();
    gic_set_split_end(true);
    gic_prepare(SPI, 0x80);
    gic_prepare(OTHER, 0x80);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT_EQUAL(gic_acknowledge(), SPI);
    gic_end(SPI);
    EXPECT(gic_get(GICD_ISACTIVER, SPI));
    EXPECT_EQUAL(gic_running_priority(), 0xff);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT_EQUAL(gic_acknowledge(), INTID_NONE); /* active still */
    gic_set(GICD_ISPENDR, OTHER);
    EXPECT_EQUAL(gic_acknowledge(), OTHER); /* the priority is free */
    gic_end(OTHER);
    gic_deactivate(SPI); /* not the last one taken */
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    EXPECT(gic_get(GICD_ISACTIVER, OTHER));
    EXPECT_EQUAL(gic_acknowledge(), SPI);
    gic_end(SPI);
    gic_deactivate(SPI);
    gic_deactivate(OTHER);
    EXPECT(!gic_get(GICD_ISACTIVER, OTHER));
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    return PASS;
}

/* How long an interrupt takes from the distributor to the CPU interface is nowhere said. */
static uint32_t acknowledge_soon(void)
{
    uint64_t end = amp_timer_now() + amp_timer_frequency();
    uint32_t intid;

    do
        intid = gic_acknowledge();
    while (intid == INTID_NONE && amp_timer_now() < end);
    return intid;
}

enum outcome test_eoimode1_timer(void)
{
    uint32_t intid = AMP_IRQ_VIRTUAL_TIMER;

    mask();
    gic_set_split_end(true);
    gic_prepare(intid, 0x80);
    amp_timer_at(0);
    EXPECT_EQUAL(gic_acknowledge(), intid);
    gic_end(intid);
    EXPECT(gic_get(GICD_ISACTIVER, intid));
    EXPECT_EQUAL(gic_acknowledge(), INTID_NONE);
    gic_deactivate(intid);
    EXPECT_EQUAL(acknowledge_soon(), intid); /* the line is high still */
    amp_timer_off();
    gic_end(intid);
    gic_deactivate(intid);
    EXPECT(!gic_get(GICD_ISACTIVER, intid));
    EXPECT_EQUAL(gic_acknowledge(), INTID_NONE);
    return PASS;
}

enum outcome test_group_enable_distributor(void)
{
    gic_enable_groups(gic_is_v3(), !gic_is_v3());
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    EXPECT(gic_get(GICD_ISPENDR, SPI));
    gic_enable_groups(true, true);
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_group_enable_interface(void)
{
    gic_enable_interface(false);
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    gic_enable_interface(true);
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_group_registers(void)
{
    gic_set_group(SPI, 0);
    EXPECT(!gic_get(GICD_IGROUPR, SPI));
    gic_set_group(SPI, 1);
    EXPECT(gic_get(GICD_IGROUPR, SPI));
    EXPECT_EQUAL(gic_get(GICD_IGROUPR, OTHER), gic_is_v3());
    return PASS;
}

/* Group 0 as FIQ, group 1 as IRQ; each is acknowledged by its own. */
enum outcome test_group0_fiq(void)
{
    gic_group0_as_fiq();
    gic_set_group(SPI, 0);
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(1));
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    EXPECT_EQUAL(taken.fiqs, 1);
    EXPECT_EQUAL(taken.intid[0], SPI);
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    return PASS;
}

enum outcome test_group0_masked_by_f(void)
{
    gic_group0_as_fiq();
    gic_set_group(SPI, 0);
    gic_prepare(SPI, PRIORITY_DEFAULT);
    __asm__ volatile("msr daifset, #1" : : : "memory");
    gic_set(GICD_ISPENDR, SPI);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    unmask();
    EXPECT(wait_taken(1));
    EXPECT_EQUAL(taken.fiqs, 1);
    return PASS;
}

enum outcome test_sgi_self(void)
{
    for (uint32_t sgi = 0; sgi < 16; sgi++) {
        gic_prepare(sgi, PRIORITY_DEFAULT);
        gic_send_self(sgi);
        EXPECT(wait_taken(sgi + 1));
        EXPECT_EQUAL(taken.intid[sgi], sgi);
    }
    be_quiet();
    EXPECT_EQUAL(taken.count, 16);
    return PASS;
}

enum outcome test_sgi_merges(void)
{
    mask();
    gic_prepare(5, PRIORITY_DEFAULT);
    gic_send_self(5);
    gic_send_self(5);
    unmask();
    EXPECT(wait_taken(1));
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    return PASS;
}

static void send_v3(uint64_t value)
{
    AMP_SYSREG_WRITE(s3_0_c12_c11_5, value);
    amp_isb();
}

/* Target lists without this core, other affinities, all but oneself: accepted, and nobody gets anything. */
enum outcome test_sgi_to_nobody(void)
{
    gic_prepare(3, PRIORITY_DEFAULT);
    if (gic_is_v3()) {
        send_v3(3ull << 24);
        send_v3(3ull << 24 | 0xfffe);
        send_v3(3ull << 24 | 1ull << 16 | 1);
        send_v3(3ull << 24 | 1ull << 32 | 1);
        send_v3(3ull << 24 | 1ull << 40);
    } else {
        gicd_write(GICD_SGIR, 3);
        gicd_write(GICD_SGIR, 0xfeu << 16 | 3);
        gicd_write(GICD_SGIR, 1u << 24 | 0xffu << 16 | 3);
    }
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    EXPECT(!gic_get(GICD_ISPENDR, 3));
    return PASS;
}

/* GICD_SPENDSGIR and GICD_CPENDSGIR of a GICv2, ordinary pending bits of a GICv3 */
enum outcome test_sgi_pending_by_hand(void)
{
    mask();
    gic_prepare(6, PRIORITY_DEFAULT);
    if (gic_is_v3())
        gic_set(GICD_ISPENDR, 6);
    else
        amp_mmio_write8(amp_platform.gicd + GICD_SPENDSGIR + 6, 1);
    EXPECT(gic_get(GICD_ISPENDR, 6));
    if (gic_is_v3())
        gic_set(GICD_ICPENDR, 6);
    else
        amp_mmio_write8(amp_platform.gicd + GICD_CPENDSGIR + 6, 1);
    EXPECT(!gic_get(GICD_ISPENDR, 6));
    if (gic_is_v3())
        gic_set(GICD_ISPENDR, 6);
    else
        amp_mmio_write8(amp_platform.gicd + GICD_SPENDSGIR + 6, 1);
    unmask();
    EXPECT(wait_taken(1));
    EXPECT_EQUAL(taken.intid[0], 6);
    return PASS;
}

enum outcome test_more_than_lrs(void)
{
    mask();
    for (uint32_t i = 0; i < MANY; i++) {
        gic_prepare(SPI_FIRST + i, (uint8_t)(0x10 + (i * 7 % MANY) / 2 * 0x10));
        gic_set(GICD_ISPENDR, SPI_FIRST + i);
    }
    for (uint32_t i = 0; i < MANY; i++)
        EXPECT(gic_get(GICD_ISPENDR, SPI_FIRST + i));
    unmask();
    EXPECT(wait_taken(MANY));
    be_quiet();
    EXPECT_EQUAL(taken.count, MANY);
    for (uint32_t i = 1; i < MANY; i++)
        EXPECT(gic_priority(taken.intid[i]) >= gic_priority(taken.intid[i - 1]));
    return PASS;
}

static void pend_next_level(uint32_t intid)
{
    uint32_t next = intid + 1;

    if (next >= SPI_FIRST + NESTED)
        return;
    gic_set(GICD_ISPENDR, next);
    unmask();
    be_quiet();
    mask();
}

/* Seven handlers deep, each preempted by the next. */
enum outcome test_nested_deep(void)
{
    on_interrupt = pend_next_level;
    for (uint32_t i = 0; i < NESTED; i++)
        gic_prepare(SPI_FIRST + i, (uint8_t)(0xe0 - i * 0x20));
    gic_set(GICD_ISPENDR, SPI_FIRST);
    EXPECT(wait_taken(NESTED));
    EXPECT_EQUAL(taken.deepest, NESTED);
    for (uint32_t i = 0; i < NESTED; i++) {
        EXPECT_EQUAL(taken.intid[i], SPI_FIRST + i);
        EXPECT(!gic_get(GICD_ISACTIVER, SPI_FIRST + i));
    }
    EXPECT_EQUAL(gic_running_priority(), 0xff);
    return PASS;
}

static void lower_at_three(uint32_t intid)
{
    (void)intid;
    if (taken.count == 3)
        console_line_lower();
}

enum outcome test_level_stays_high(void)
{
    on_interrupt = lower_at_three;
    gic_set(GICD_ISENABLER, amp_platform.console_intid);
    console_line_raise();
    EXPECT(wait_taken(3));
    be_quiet();
    EXPECT_EQUAL(taken.count, 3);
    EXPECT_EQUAL(taken.intid[0], amp_platform.console_intid);
    return PASS;
}

enum outcome test_level_pending_follows(void)
{
    uint32_t intid = amp_platform.console_intid;

    EXPECT(!gic_get(GICD_ISPENDR, intid));
    console_line_raise();
    EXPECT(gic_get(GICD_ISPENDR, intid));
    gic_set(GICD_ICPENDR, intid); /* of no effect while the line is high */
    EXPECT(gic_get(GICD_ISPENDR, intid));
    console_line_lower();
    EXPECT(!gic_get(GICD_ISPENDR, intid));
    return PASS;
}

enum outcome test_level_falls(void)
{
    mask();
    gic_set(GICD_ISENABLER, amp_platform.console_intid);
    console_line_raise();
    EXPECT_EQUAL(gic_highest_pending(), amp_platform.console_intid);
    console_line_lower();
    unmask();
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    return PASS;
}

enum outcome test_level_late_enable(void)
{
    on_interrupt = lower_at_three;
    console_line_raise();
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    gic_set(GICD_ISENABLER, amp_platform.console_intid);
    EXPECT(wait_taken(3));
    return PASS;
}

enum outcome test_wfi_pending(void)
{
    mask();
    gic_prepare(4, PRIORITY_DEFAULT);
    gic_send_self(4);
    amp_cpu_wait(); /* returns at once, or the test never ends */
    EXPECT_EQUAL(taken.count, 0);
    unmask();
    EXPECT(wait_taken(1));
    return PASS;
}
