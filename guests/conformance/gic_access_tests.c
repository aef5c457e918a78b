/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Identification registers, and accesses of every width (IHI 0048B 4.1.4, IHI 0069 12.1.3). */
#include "machine.h"
#include "tests_declared.h"

#define SPI (SPI_FIRST + 20)
#define GICR_TYPER 0x08
#define GICR_WAKER 0x14

enum outcome test_gic_typer(void)
{
    uint32_t typer = gicd_read(GICD_TYPER);

    EXPECT((typer & 0x1f) >= 7);
    EXPECT_EQUAL(typer >> 5 & 7, 0);  /* CPUNumber: one, or none without affinity routing */
    EXPECT_EQUAL(typer >> 10 & 1, 0); /* SecurityExtn */
    gicd_write(GICD_TYPER, ~typer);
    EXPECT_EQUAL(gicd_read(GICD_TYPER), typer);
    return PASS;
}

enum outcome test_gic_iidr(void)
{
    uint32_t iidr = gicd_read(GICD_IIDR);

    gicd_write(GICD_IIDR, ~iidr);
    EXPECT_EQUAL(gicd_read(GICD_IIDR), iidr);
    return PASS;
}

enum outcome test_gic_pidr2(void)
{
    uint32_t offset = gic_is_v3() ? 0xffe8 : 0xfe8;

    EXPECT_EQUAL(gicd_read(offset) >> 4 & 0xf, amp_platform.gic_version);
    if (gic_is_v3())
        EXPECT_EQUAL(amp_mmio_read32(amp_platform.gicr + offset) >> 4 & 0xf, 3);
    return PASS;
}

enum outcome test_gic_ctlr(void)
{
    uint32_t fixed = gic_is_v3() ? 0x50 : 0; /* ARE, DS */

    gic_enable_groups(false, false);
    EXPECT_EQUAL(gicd_read(GICD_CTLR), fixed);
    gic_enable_groups(true, false);
    EXPECT_EQUAL(gicd_read(GICD_CTLR), fixed | 1);
    gic_enable_groups(true, true);
    EXPECT_EQUAL(gicd_read(GICD_CTLR), fixed | 3);
    return PASS;
}

enum outcome test_gicr_typer(void)
{
    uint64_t typer;

    NEEDS(gic_is_v3(), "GICv2");
    typer = amp_mmio_read64(amp_platform.gicr + GICR_TYPER);
    EXPECT_EQUAL(typer >> 32, 0);      /* affinity */
    EXPECT_EQUAL(typer >> 4 & 1, 1);   /* Last */
    EXPECT_EQUAL(typer >> 8 & 0xffff, 0); /* processor number */
    EXPECT_EQUAL(amp_mmio_read32(amp_platform.gicr + GICR_TYPER), (uint32_t)typer);
    EXPECT_EQUAL(amp_mmio_read32(amp_platform.gicr + GICR_TYPER + 4), 0);
    return PASS;
}

/* Asleep and awake again, as an operating system does it; ChildrenAsleep follows. */
enum outcome test_gicr_waker(void)
{
    NEEDS(gic_is_v3(), "GICv2");
    amp_mmio_write32(amp_platform.gicr + GICR_WAKER, 0);
    for (unsigned i = 0; i < 1000 && amp_mmio_read32(amp_platform.gicr + GICR_WAKER) != 0; i++)
        ;
    EXPECT_EQUAL(amp_mmio_read32(amp_platform.gicr + GICR_WAKER), 0);
    return PASS;
}

enum outcome test_irouter(void)
{
    uintptr_t address = amp_platform.gicd + GICD_IROUTER + 8 * SPI;

    NEEDS(gic_is_v3(), "GICv2");
    amp_mmio_write64(address, 0);
    EXPECT_EQUAL(amp_mmio_read64(address), 0);
    EXPECT_EQUAL(amp_mmio_read32(address), 0);
    EXPECT_EQUAL(amp_mmio_read32(address + 4), 0);
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(1));
    return PASS;
}

/* IHI 0048B, 4.3.12: with one processor the targets may read as zero. */
enum outcome test_itargets(void)
{
    uint32_t word;

    NEEDS(!gic_is_v3(), "GICv3 has IROUTER");
    amp_mmio_write8(amp_platform.gicd + GICD_ITARGETSR + SPI, 1);
    word = gicd_read(GICD_ITARGETSR + SPI);
    EXPECT(word == 0 || (word & 0xff) == 1);
    EXPECT_EQUAL(amp_mmio_read8(amp_platform.gicd + GICD_ITARGETSR + SPI), word & 0xff);
    gic_prepare(SPI, PRIORITY_DEFAULT);
    gic_set(GICD_ISPENDR, SPI);
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_config(void)
{
    uintptr_t sgis = gic_frame(0) + GICD_ICFGR;
    uint32_t spis = GICD_ICFGR + SPI / 16 * 4;

    EXPECT_EQUAL(amp_mmio_read32(sgis) & 0xaaaaaaaa, 0xaaaaaaaa); /* SGIs are edges */
    gicd_write(spis, 0xaaaaaaaa);
    EXPECT_EQUAL(gicd_read(spis) & 0xaaaaaaaa, 0xaaaaaaaa);
    gicd_write(spis, 0);
    EXPECT_EQUAL(gicd_read(spis) & 0xaaaaaaaa, 0);
    gic_set_edge(SPI, true);
    EXPECT_EQUAL(gicd_read(spis) & 0xaaaaaaaa, 2u << SPI % 16 * 2);
    return PASS;
}

/* Reserved offsets read as zero and ignore writes, or so it looks: nothing faults, nothing changes. */
enum outcome test_access_reserved(void)
{
    static const uint32_t offsets[] = {0x00c, 0x03c, 0x07c, 0xcfc, 0xd00, 0xefc, 0xfcc};

    count_exceptions = true;
    for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        uint32_t value = gicd_read(offsets[i]);

        gicd_write(offsets[i], ~value);
        EXPECT_EQUAL(gicd_read(offsets[i]), value);
    }
    EXPECT_EQUAL(sync_exceptions.count, 0);
    return PASS;
}

/* QEMU's GICv3 keeps bits there; they have to be without effect. */
enum outcome test_access_above_last(void)
{
    uint32_t words = (gicd_read(GICD_TYPER) & 0x1f) + 1;

    count_exceptions = true;
    for (; words < 32; words++) {
        gicd_write(GICD_ISENABLER + words * 4, ~0u);
        gicd_write(GICD_ICENABLER + words * 4, ~0u);
        EXPECT_EQUAL(gicd_read(GICD_ISENABLER + words * 4), 0);
    }
    EXPECT_EQUAL(sync_exceptions.count, 0);
    return PASS;
}

enum outcome test_access_byte(void)
{
    uintptr_t address = gic_frame(SPI) + GICD_IPRIORITYR + SPI;

    for (uint32_t i = 0; i < 4; i++)
        amp_mmio_write8(address + i, (uint8_t)(0x10 + 0x20 * i));
    EXPECT_EQUAL(amp_mmio_read32(address), 0x70503010);
    for (uint32_t i = 0; i < 4; i++)
        EXPECT_EQUAL(amp_mmio_read8(address + i), 0x10 + 0x20 * i);
    return PASS;
}

/* The architecture asks for words (and bytes of some registers); anything else is the implementation's choice of the value,
   ignoring it, or an external abort. It may neither end the guest nor change another interrupt. */
static enum outcome tolerated(uint64_t is, uint64_t value)
{
    EXPECT(is == 0 || is == value);
    return PASS;
}

enum outcome test_access_halfword(void)
{
    uintptr_t priorities = gic_frame(SPI) + GICD_IPRIORITYR + SPI;
    uint32_t before, after;

    count_exceptions = true;
    gic_set(GICD_ISENABLER, SPI);
    EXPECT_PASS(tolerated(amp_mmio_read16(priorities), PRIORITY_DEFAULT * 0x101u));
    before = amp_mmio_read32(priorities);
    amp_mmio_write16(priorities, 0x5050);
    after = amp_mmio_read32(priorities);
    EXPECT(after == before || after == ((before & 0xffff0000) | 0x5050));
    EXPECT_PASS(tolerated(amp_mmio_read16(amp_platform.gicd + GICD_TYPER), gicd_read(GICD_TYPER) & 0xffff));
    amp_mmio_write16(amp_platform.gicd + GICD_ICENABLER + SPI / 32 * 4, 0);
    EXPECT(gic_get(GICD_ISENABLER, SPI));
    return PASS;
}

enum outcome test_access_byte_of_word(void)
{
    uintptr_t address = amp_platform.gicd + GICD_ISENABLER + SPI / 32 * 4;

    count_exceptions = true;
    gic_set(GICD_ISENABLER, SPI);
    EXPECT_PASS(tolerated(amp_mmio_read8(address + SPI % 32 / 8), 1u << SPI % 8));
    amp_mmio_write8(address, 0);
    EXPECT(gic_get(GICD_ISENABLER, SPI));
    return PASS;
}

enum outcome test_access_doubleword(void)
{
    uintptr_t address = amp_platform.gicd + GICD_ISENABLER + SPI / 64 * 8;
    uint64_t value;

    count_exceptions = true;
    gic_set(GICD_ISENABLER, SPI);
    value = (uint64_t)amp_mmio_read32(address + 4) << 32 | amp_mmio_read32(address);
    EXPECT_PASS(tolerated(amp_mmio_read64(address), value));
    amp_mmio_write64(address, 0);
    EXPECT(gic_get(GICD_ISENABLER, SPI));
    return PASS;
}
