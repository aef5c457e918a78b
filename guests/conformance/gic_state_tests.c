/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an interrupt's bits do: enable, pending, active (IHI 0048B 3.2 and 4.3; IHI 0069 4.1 and 12.9). */
#include "machine.h"
#include "tests_declared.h"

#define SPI (SPI_FIRST + 3)
#define PPI AMP_IRQ_VIRTUAL_TIMER

static enum outcome set_clear(uint32_t intid)
{
    EXPECT(!gic_get(GICD_ISENABLER, intid));
    gic_set(GICD_ISENABLER, intid);
    EXPECT(gic_get(GICD_ISENABLER, intid));
    EXPECT(gic_get(GICD_ICENABLER, intid));
    EXPECT(!gic_get(GICD_ISENABLER, intid + 1));
    gic_set(GICD_ICENABLER, intid);
    EXPECT(!gic_get(GICD_ISENABLER, intid));
    EXPECT(!gic_get(GICD_ICENABLER, intid));
    return PASS;
}

enum outcome test_enable_set_clear(void)
{
    EXPECT_PASS(set_clear(SPI));
    EXPECT_PASS(set_clear(SPI_FIRST));
    return set_clear(PPI);
}

enum outcome test_enable_zeros_ignored(void)
{
    gic_set(GICD_ISENABLER, SPI);
    gicd_write(GICD_ISENABLER + SPI / 32 * 4, 0);
    gicd_write(GICD_ICENABLER + SPI / 32 * 4, 0);
    EXPECT(gic_get(GICD_ISENABLER, SPI));
    return PASS;
}

enum outcome test_enable_gates(void)
{
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ICENABLER, SPI);
    gic_set(GICD_ISPENDR, SPI);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    gic_set(GICD_ISENABLER, SPI);
    EXPECT(wait_taken(1));
    EXPECT_EQUAL(taken.intid[0], SPI);
    return PASS;
}

static enum outcome disabled_while_pending(uint32_t intid)
{
    mask();
    gic_prepare(intid, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, intid);
    gic_set(GICD_ICENABLER, intid);
    unmask();
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    EXPECT(gic_get(GICD_ISPENDR, intid));
    gic_set(GICD_ISENABLER, intid);
    EXPECT(wait_taken(1));
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    return PASS;
}

enum outcome test_enable_withdrawn(void)
{
    return disabled_while_pending(SPI);
}

/* The timer's interrupt is a level: what GICD_ISPENDR latched stays, though the line is low. */
enum outcome test_enable_withdrawn_ppi(void)
{
    return disabled_while_pending(PPI);
}

static enum outcome pended_once(uint32_t intid)
{
    uint32_t before = taken.count;

    gic_prepare(intid, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, intid);
    EXPECT(wait_taken(before + 1));
    be_quiet();
    EXPECT_EQUAL(taken.count, before + 1);
    EXPECT_EQUAL(taken.intid[before], intid);
    EXPECT(!gic_get(GICD_ISPENDR, intid));
    EXPECT(!gic_get(GICD_ISACTIVER, intid));
    return PASS;
}

enum outcome test_pending_software(void)
{
    for (uint32_t i = 0; i < SPI_COUNT; i += 5)
        EXPECT_PASS(pended_once(SPI_FIRST + i));
    return pended_once(SPI);
}

/* The timer's own interrupt, without the timer */
enum outcome test_pending_software_ppi(void)
{
    return pended_once(PPI);
}

enum outcome test_pending_software_level(void)
{
    gic_set_edge(SPI, false);
    gic_set(GICD_ISENABLER, SPI);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(1));
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    EXPECT(!gic_get(GICD_ISPENDR, SPI));
    return PASS;
}

enum outcome test_pending_visible(void)
{
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(gic_get(GICD_ISPENDR, SPI));
    EXPECT(gic_get(GICD_ICPENDR, SPI));
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    gic_set(GICD_ICPENDR, SPI);
    EXPECT(!gic_get(GICD_ISPENDR, SPI));
    return PASS;
}

static enum outcome cleared(uint32_t intid)
{
    mask();
    gic_prepare(intid, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, intid);
    EXPECT(gic_get(GICD_ISPENDR, intid));
    gic_set(GICD_ICPENDR, intid);
    EXPECT(!gic_get(GICD_ISPENDR, intid));
    unmask();
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    return PASS;
}

enum outcome test_pending_clear(void)
{
    EXPECT_PASS(cleared(SPI));
    return cleared(PPI);
}

static volatile bool was_active, was_pending;

static void pend_again(uint32_t intid)
{
    was_active = gic_get(GICD_ISACTIVER, intid);
    was_pending = gic_get(GICD_ISPENDR, intid);
    if (taken.count == 1)
        gic_set(GICD_ISPENDR, intid);
}

enum outcome test_pending_while_active(void)
{
    on_interrupt = pend_again;
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(2));
    be_quiet();
    EXPECT_EQUAL(taken.count, 2);
    EXPECT_EQUAL(taken.deepest, 1);
    return PASS;
}

static void pend_and_clear(uint32_t intid)
{
    gic_set(GICD_ISPENDR, intid);
    was_pending = gic_get(GICD_ISPENDR, intid);
    was_active = gic_get(GICD_ISACTIVER, intid);
    gic_set(GICD_ICPENDR, intid);
}

enum outcome test_pending_cleared_while_active(void)
{
    on_interrupt = pend_and_clear;
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(1));
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    EXPECT(was_pending);
    EXPECT(was_active);
    return PASS;
}

static void look(uint32_t intid)
{
    was_active = gic_get(GICD_ISACTIVER, intid);
    was_pending = gic_get(GICD_ISPENDR, intid);
}

enum outcome test_active_in_handler(void)
{
    on_interrupt = look;
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(1));
    EXPECT(was_active);
    EXPECT(!was_pending);
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    return PASS;
}

enum outcome test_active_set_clear(void)
{
    gic_set(GICD_ISACTIVER, SPI);
    EXPECT(gic_get(GICD_ISACTIVER, SPI));
    EXPECT(gic_get(GICD_ICACTIVER, SPI));
    EXPECT(!gic_get(GICD_ISACTIVER, SPI + 1));
    gic_set(GICD_ICACTIVER, SPI);
    EXPECT(!gic_get(GICD_ISACTIVER, SPI));
    return PASS;
}

static enum outcome blocks(uint32_t intid)
{
    uint32_t before = taken.count;

    gic_set(GICD_ISACTIVER, intid);
    gic_prepare(intid, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, intid);
    be_quiet();
    EXPECT_EQUAL(taken.count, before);
    EXPECT(gic_get(GICD_ISPENDR, intid));
    gic_set(GICD_ICACTIVER, intid);
    EXPECT(wait_taken(before + 1));
    return PASS;
}

static enum outcome made_active_while_pending(uint32_t intid)
{
    uint32_t before = taken.count;

    mask();
    gic_prepare(intid, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, intid);
    gic_set(GICD_ISACTIVER, intid);
    EXPECT(gic_get(GICD_ISPENDR, intid));
    EXPECT(gic_get(GICD_ISACTIVER, intid));
    unmask();
    be_quiet();
    EXPECT_EQUAL(taken.count, before);
    gic_set(GICD_ICACTIVER, intid);
    EXPECT(wait_taken(before + 1));
    be_quiet();
    EXPECT_EQUAL(taken.count, before + 1);
    EXPECT(!gic_get(GICD_ISPENDR, intid));
    return PASS;
}

enum outcome test_active_while_pending(void)
{
    EXPECT_PASS(made_active_while_pending(SPI));
    return made_active_while_pending(PPI);
}

enum outcome test_active_blocks(void)
{
    EXPECT_PASS(blocks(SPI));
    return blocks(PPI);
}
