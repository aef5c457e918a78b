/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Priorities, masking, preemption and the binary point (IHI 0048B 3.3, IHI 0069 4.8). */
#include "machine.h"
#include "tests_declared.h"

#define LOW SPI_FIRST
#define HIGH (SPI_FIRST + 1)

enum outcome test_priority_registers(void)
{
    uintptr_t word = gic_frame(LOW) + GICD_IPRIORITYR + LOW;

    amp_mmio_write32(word, 0xf0a05010);
    EXPECT_EQUAL(gic_priority(LOW), 0x10);
    EXPECT_EQUAL(gic_priority(LOW + 1), 0x50);
    EXPECT_EQUAL(gic_priority(LOW + 2), 0xa0);
    EXPECT_EQUAL(gic_priority(LOW + 3), 0xf0);
    gic_set_priority(LOW + 1, 0xc0);
    EXPECT_EQUAL(amp_mmio_read32(word), 0xf0a0c010);
    gic_set_priority(AMP_IRQ_VIRTUAL_TIMER, 0x30);
    EXPECT_EQUAL(gic_priority(AMP_IRQ_VIRTUAL_TIMER), 0x30);
    return PASS;
}

/* At least 16 levels; the bits below those that exist read as zero. */
enum outcome test_priority_bits(void)
{
    uint8_t bits;

    gic_set_priority(LOW, 0xff);
    bits = gic_priority(LOW);
    EXPECT_EQUAL(bits & 0xf0, 0xf0);
    EXPECT_EQUAL((uint8_t)(bits | (bits - 1)), 0xff);
    return PASS;
}

enum outcome test_priority_order(void)
{
    static const uint8_t priorities[] = {0xb0, 0x30, 0x90, 0x10, 0x70, 0xd0};
    static const uint32_t order[] = {3, 1, 4, 2, 0, 5};

    mask();
    for (uint32_t i = 0; i < sizeof(priorities); i++) {
        gic_prepare(SPI_FIRST + i, priorities[i]);
        gic_set(GICD_ISPENDR, SPI_FIRST + i);
    }
    unmask();
    EXPECT(wait_taken(sizeof(priorities)));
    for (uint32_t i = 0; i < sizeof(priorities); i++)
        EXPECT_EQUAL(taken.intid[i], SPI_FIRST + order[i]);
    EXPECT_EQUAL(taken.deepest, 1);
    return PASS;
}

static volatile uint8_t running_seen;

static void pend_high_and_open(uint32_t intid)
{
    running_seen = gic_running_priority();
    if (intid != LOW)
        return;
    gic_set(GICD_ISPENDR, HIGH);
    unmask();
    be_quiet();
    mask();
}

static enum outcome nest(uint8_t low, uint8_t high, uint32_t deepest)
{
    on_interrupt = pend_high_and_open;
    gic_prepare(LOW, low);
    gic_prepare(HIGH, high);
    gic_set(GICD_ISPENDR, LOW);
    EXPECT(wait_taken(2));
    EXPECT_EQUAL(taken.intid[0], LOW);
    EXPECT_EQUAL(taken.intid[1], HIGH);
    EXPECT_EQUAL(taken.deepest, deepest);
    return PASS;
}

enum outcome test_priority_preempt(void)
{
    return nest(0xa0, 0x80, 2);
}

enum outcome test_priority_equal(void)
{
    return nest(0xa0, 0xa0, 1);
}

enum outcome test_priority_lower(void)
{
    return nest(0x80, 0xa0, 1);
}

enum outcome test_bpr_groups(void)
{
    gic_set_group_bits(7);
    return nest(0xf0, 0x80, 1);
}

enum outcome test_bpr_preempt(void)
{
    gic_set_group_bits(7);
    return nest(0x80, 0x70, 2);
}

enum outcome test_bpr_middle(void)
{
    gic_set_group_bits(6);
    EXPECT_PASS(nest(0xb0, 0x80, 1));
    machine_reset();
    gic_set_group_bits(6);
    return nest(0xb0, 0x70, 2);
}

/* Subpriorities still order what is pending. */
enum outcome test_bpr_order(void)
{
    gic_set_group_bits(7);
    mask();
    gic_prepare(LOW, 0xc0);
    gic_prepare(HIGH, 0x90);
    gic_set(GICD_ISPENDR, LOW);
    gic_set(GICD_ISPENDR, HIGH);
    unmask();
    EXPECT(wait_taken(2));
    EXPECT_EQUAL(taken.intid[0], HIGH);
    EXPECT_EQUAL(taken.intid[1], LOW);
    return PASS;
}

enum outcome test_priority_mask(void)
{
    gic_prepare(LOW, 0xa0);
    gic_set_mask(0xa0);
    gic_set(GICD_ISPENDR, LOW);
    be_quiet();
    EXPECT_EQUAL(taken.count, 0);
    gic_set_mask(0xb0);
    EXPECT(wait_taken(1));
    gic_set_mask(0);
    gic_prepare(HIGH, 0);
    gic_set(GICD_ISPENDR, HIGH);
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    return PASS;
}

static void look(uint32_t intid)
{
    (void)intid;
    running_seen = gic_running_priority();
}

enum outcome test_priority_running(void)
{
    EXPECT_EQUAL(gic_running_priority(), 0xff);
    on_interrupt = look;
    gic_prepare(LOW, 0x60);
    gic_set(GICD_ISPENDR, LOW);
    EXPECT(wait_taken(1));
    EXPECT_EQUAL(running_seen, 0x60);
    EXPECT_EQUAL(gic_running_priority(), 0xff);
    return PASS;
}

static volatile uint32_t active_seen;

static void look_at_active(uint32_t intid)
{
    (void)intid;
    active_seen = gic_active_priorities();
}

enum outcome test_priority_active_register(void)
{
    EXPECT_EQUAL(gic_active_priorities(), 0);
    on_interrupt = look_at_active;
    gic_prepare(LOW, 0x60);
    gic_set(GICD_ISPENDR, LOW);
    EXPECT(wait_taken(1));
    EXPECT(active_seen != 0);
    EXPECT_EQUAL(active_seen & (active_seen - 1), 0);
    EXPECT_EQUAL(gic_active_priorities(), 0);
    return PASS;
}

/* A change of priority counts for what is pending already. */
enum outcome test_priority_changed_pending(void)
{
    mask();
    gic_prepare(LOW, 0x80);
    gic_prepare(HIGH, 0xa0);
    gic_set(GICD_ISPENDR, LOW);
    gic_set(GICD_ISPENDR, HIGH);
    gic_set_priority(HIGH, 0x40);
    unmask();
    EXPECT(wait_taken(2));
    EXPECT_EQUAL(taken.intid[0], HIGH);
    EXPECT_EQUAL(taken.intid[1], LOW);
    return PASS;
}
