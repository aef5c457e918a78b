/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Accesses to devices: every width and form that a hypervisor is told enough about to emulate. The others (pairs, write-back,
 * exclusives) end a partition; misbehave-no-syndrome and misbehave-exclusive show that.
 */
#include "machine.h"
#include "tests_declared.h"

enum { UART_FR = 0x18, UART_IBRD = 0x24, UART_UNKNOWN = 0x100, UART_PERIPH_ID0 = 0xfe0 };

#define SPI (SPI_FIRST + 4) /* a multiple of four */

enum outcome test_device_widths(void)
{
    uintptr_t ibrd = amp_platform.console + UART_IBRD;

    amp_mmio_write32(ibrd, 0x5a);
    EXPECT_EQUAL(amp_mmio_read32(ibrd), 0x5a);
    EXPECT_EQUAL(amp_mmio_read16(ibrd), 0x5a);
    EXPECT_EQUAL(amp_mmio_read8(ibrd), 0x5a);
    amp_mmio_write16(ibrd, 0x6b);
    EXPECT_EQUAL(amp_mmio_read32(ibrd), 0x6b);
    amp_mmio_write8(ibrd, 0x7c);
    EXPECT_EQUAL(amp_mmio_read32(ibrd), 0x7c);
    return PASS;
}

enum outcome test_device_identification(void)
{
    static const uint8_t cells[] = {0x0d, 0xf0, 0x05, 0xb1};

    EXPECT_EQUAL(amp_mmio_read32(amp_platform.console + UART_PERIPH_ID0), 0x11);
    for (uint32_t i = 0; i < 4; i++)
        EXPECT_EQUAL(amp_mmio_read32(amp_platform.console + UART_PERIPH_ID0 + 0x10 + 4 * i), cells[i]);
    return PASS;
}

enum outcome test_device_unknown(void)
{
    count_exceptions = true;
    EXPECT_EQUAL(amp_mmio_read32(amp_platform.console + UART_UNKNOWN), 0);
    amp_mmio_write32(amp_platform.console + UART_UNKNOWN, ~0u);
    EXPECT_EQUAL(amp_mmio_read32(amp_platform.console + UART_UNKNOWN), 0);
    EXPECT_EQUAL(sync_exceptions.count, 0);
    return PASS;
}

/* The processor may refuse them (Arm ARM B2.7.2), the device may ignore them; the guest goes on. */
enum outcome test_device_unaligned(void)
{
    uintptr_t ibrd = amp_platform.console + UART_IBRD, priorities = gic_frame(SPI) + GICD_IPRIORITYR + SPI;
    uint32_t before = amp_mmio_read32(priorities);

    count_exceptions = true;
    (void)amp_mmio_read32(ibrd + 2);
    (void)amp_mmio_read16(ibrd + 1);
    (void)amp_mmio_read8(ibrd + 1);
    (void)amp_mmio_read32(priorities + 1);
    EXPECT_EQUAL(amp_mmio_read32(priorities), before);
    return PASS;
}

enum outcome test_device_doubleword(void)
{
    count_exceptions = true;
    (void)amp_mmio_read64(amp_platform.console + UART_FR);
    (void)amp_mmio_read64(amp_platform.gicd + GICD_IPRIORITYR + SPI_FIRST);
    return PASS;
}

enum outcome test_device_sign_extension(void)
{
    uintptr_t priority = gic_frame(SPI) + GICD_IPRIORITYR + SPI;
    uint64_t value;

    gic_set_priority(SPI + 3, 0xf0);
    __asm__ volatile("ldrsb %0, [%1]" : "=r"(value) : "r"(priority));
    EXPECT_EQUAL(value, 0xffffffffffffffa0);
    __asm__ volatile("ldrsb %w0, [%1]" : "=r"(value) : "r"(priority));
    EXPECT_EQUAL(value, 0xffffffa0);
    __asm__ volatile("ldrsw %0, [%1]" : "=r"(value) : "r"(priority));
    EXPECT_EQUAL(value, 0xfffffffff0a0a0a0);
    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(priority));
    EXPECT_EQUAL(value, 0xf0a0a0a0);
    __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(priority));
    EXPECT_EQUAL(value, 0xa0);
    return PASS;
}

/* The zero register, and each register that a hypervisor may keep elsewhere. */
enum outcome test_device_registers(void)
{
    uintptr_t priorities = gic_frame(SPI) + GICD_IPRIORITYR + SPI;
    uint64_t value;

#define THROUGH(n) \
    __asm__ volatile("mov x" #n ", #0x20\n\tstrb w" #n ", [%1]\n\tmov x" #n ", #-1\n\tldrb w" #n ", [%1]\n\tmov %0, x" #n \
                     : "=&r"(value) \
                     : "r"(priorities) \
                     : "x" #n, "memory"); \
    EXPECT_EQUAL(value, 0x20); \
    __asm__ volatile("strb wzr, [%0]\n\tldr wzr, [%0]" : : "r"(priorities) : "memory"); \
    EXPECT_EQUAL(amp_mmio_read8(priorities), 0)
    THROUGH(0);
    THROUGH(18);
    THROUGH(19);
    THROUGH(20);
    THROUGH(25);
    THROUGH(28);
    THROUGH(30);
#undef THROUGH
    return PASS;
}

/* The instruction that a branch leads to is an access; the next one is no branch's target (PSTATE.BTYPE). */
enum outcome test_device_branch_target(void)
{
    count_exceptions = true;
    __asm__ volatile("adr x16, 1f\n\tbr x16\n1:\n\tldr w0, [%0]\n\tbrk #0"
                     :
                     : "r"(amp_platform.gicd + GICD_TYPER)
                     : "x0", "x16", "memory");
    EXPECT_EQUAL(sync_exceptions.count, 1);
    EXPECT_EQUAL(sync_exceptions.spsr >> 10 & 3, 0);
    return PASS;
}
