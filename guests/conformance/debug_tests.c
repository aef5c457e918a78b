/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Self-hosted debug of EL1 by EL1 (Arm ARM D2): breakpoint, watchpoint, single step, the OS lock that must be open. */
#include "debug.h"

#include "machine.h"
#include "tests_declared.h"

#define CONTROL_ENABLE (1u << 0)
#define CONTROL_EL1 (1u << 1)
#define BREAKPOINT_BAS (0xfu << 5)
#define WATCHPOINT_BAS (0xffu << 5)
#define WATCHPOINT_STORE (2u << 3)

static volatile uint64_t watched;

void debug_reset(void)
{
    __asm__ volatile("msr daifset, #8" : : : "memory");
    AMP_SYSREG_WRITE(mdscr_el1, 0);
    AMP_SYSREG_WRITE(dbgbcr0_el1, 0);
    AMP_SYSREG_WRITE(dbgwcr0_el1, 0);
    amp_isb();
}

static void open_debug(void)
{
    AMP_SYSREG_WRITE(oslar_el1, 0);
    AMP_SYSREG_WRITE(mdscr_el1, MDSCR_MDE | MDSCR_KDE);
    __asm__ volatile("msr daifclr, #8\n\tisb" : : : "memory");
}

enum outcome test_debug_os_lock(void)
{
    AMP_SYSREG_WRITE(oslar_el1, 0);
    amp_isb();
    EXPECT_EQUAL(AMP_SYSREG_READ(oslsr_el1) & 2, 0);
    EXPECT((AMP_SYSREG_READ(oslsr_el1) & 9) != 0); /* OSLM: there is one */
    return PASS;
}

enum outcome test_debug_registers(void)
{
    AMP_SYSREG_WRITE(dbgbvr0_el1, 0x40123450);
    EXPECT_EQUAL(AMP_SYSREG_READ(dbgbvr0_el1), 0x40123450);
    AMP_SYSREG_WRITE(dbgwvr0_el1, 0x40123458);
    EXPECT_EQUAL(AMP_SYSREG_READ(dbgwvr0_el1), 0x40123458);
    return PASS;
}

static __attribute__((noinline)) uint64_t breakpoint_here(void)
{
    uint64_t passed = 1;

    __asm__ volatile(".globl conformance_breakpoint\nconformance_breakpoint:\n\tmov %0, #2" : "+r"(passed));
    return passed;
}

extern char conformance_breakpoint[];

enum outcome test_debug_breakpoint(void)
{
    count_exceptions = true;
    EXPECT_EQUAL(breakpoint_here(), 2);
    AMP_SYSREG_WRITE(dbgbvr0_el1, (uintptr_t)conformance_breakpoint);
    AMP_SYSREG_WRITE(dbgbcr0_el1, CONTROL_ENABLE | CONTROL_EL1 | BREAKPOINT_BAS);
    open_debug();
    EXPECT_EQUAL(breakpoint_here(), 1); /* taken before the instruction, which the handler skips */
    AMP_SYSREG_WRITE(dbgbcr0_el1, 0);
    amp_isb();
    EXPECT_EQUAL(sync_exceptions.count, 1);
    EXPECT_EQUAL(ESR_CLASS(sync_exceptions.esr), CLASS_BREAKPOINT);
    EXPECT_EQUAL(sync_exceptions.elr, (uintptr_t)conformance_breakpoint);
    EXPECT_EQUAL(breakpoint_here(), 2);
    return PASS;
}

enum outcome test_debug_watchpoint(void)
{
    count_exceptions = true;
    watched = 1;
    AMP_SYSREG_WRITE(dbgwvr0_el1, (uintptr_t)&watched);
    AMP_SYSREG_WRITE(dbgwcr0_el1, CONTROL_ENABLE | CONTROL_EL1 | WATCHPOINT_STORE | WATCHPOINT_BAS);
    open_debug();
    (void)watched; /* loads are not watched */
    EXPECT_EQUAL(sync_exceptions.count, 0);
    watched = 2;
    AMP_SYSREG_WRITE(dbgwcr0_el1, 0);
    amp_isb();
    EXPECT_EQUAL(sync_exceptions.count, 1);
    EXPECT_EQUAL(ESR_CLASS(sync_exceptions.esr), CLASS_WATCHPOINT);
    EXPECT_EQUAL(sync_exceptions.far, (uintptr_t)&watched);
    EXPECT_EQUAL(watched, 1);
    return PASS;
}

/* BRK, whose handler returns with a step armed; then one instruction of each kind is stepped. */
#define STEP(instruction) \
    __asm__ volatile("brk #0\n\t" instruction "\n1:\n\tadr %0, 1b" \
                     : "=&r"(behind) \
                     : "r"(amp_platform.gicd + GICD_TYPER) \
                     : "x0", "x1", "x2", "x3", "memory")

static enum outcome stepped(uint64_t behind)
{
    EXPECT_EQUAL(sync_exceptions.count, 2);
    EXPECT_EQUAL(ESR_CLASS(sync_exceptions.esr), CLASS_STEP);
    EXPECT_EQUAL(sync_exceptions.elr, behind);
    sync_exceptions.count = 0;
    return PASS;
}

enum outcome test_debug_single_step(void)
{
    uint64_t behind;

    count_exceptions = true;
    sync_exceptions.step = true;
    open_debug();
    STEP("nop");
    EXPECT_PASS(stepped(behind));
    STEP("mov x0, #0");
    return stepped(behind);
}

/* What a hypervisor emulates is one step too. */
enum outcome test_debug_step_device(void)
{
    uint64_t behind;

    count_exceptions = true;
    sync_exceptions.step = true;
    open_debug();
    STEP("ldr w0, [%1]");
    EXPECT_PASS(stepped(behind));
    STEP("mrs x0, id_aa64pfr0_el1");
    return stepped(behind);
}
