/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The PMU, where ID_AA64DFR0_EL1 says that there is one (Arm ARM D13); its interrupt is PPI 7 as on KVM's virt machine. */
#include "machine.h"
#include "tests_declared.h"

#define PMU_INTID 23u
#define PMCR_ENABLE (1u << 0)
#define PMCR_RESET (1u << 1 | 1u << 2)
#define PMCR_LONG (1u << 6)
#define CYCLES (1u << 31)
#define EVENT_SOFTWARE 0x00u

static bool has_pmu(void)
{
    uint64_t version = AMP_SYSREG_READ(id_aa64dfr0_el1) >> 8 & 0xf;

    return version != 0 && version != 0xf;
}

#define NEEDS_PMU() NEEDS(has_pmu(), "no PMU")

static void stop_counting(void)
{
    AMP_SYSREG_WRITE(pmcntenclr_el0, 0xffffffff);
    AMP_SYSREG_WRITE(pmintenclr_el1, 0xffffffff);
    AMP_SYSREG_WRITE(pmovsclr_el0, 0xffffffff);
    AMP_SYSREG_WRITE(pmcr_el0, PMCR_RESET | PMCR_LONG);
    amp_isb();
}

/* First of these tests: nothing of whoever counted on this core before is left. */
enum outcome test_pmu_starts_clean(void)
{
    NEEDS_PMU();
    EXPECT_EQUAL(AMP_SYSREG_READ(pmcr_el0) & 1, 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(pmcntenset_el0), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(pmovsset_el0), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(pmintenset_el1), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(pmuserenr_el0), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(pmccntr_el0), 0);
    return PASS;
}

enum outcome test_pmu_cycles(void)
{
    uint64_t first;

    NEEDS_PMU();
    stop_counting();
    AMP_SYSREG_WRITE(pmccfiltr_el0, 0);
    AMP_SYSREG_WRITE(pmcr_el0, PMCR_ENABLE | PMCR_LONG);
    AMP_SYSREG_WRITE(pmcntenset_el0, CYCLES);
    amp_isb();
    first = AMP_SYSREG_READ(pmccntr_el0);
    be_quiet();
    EXPECT(AMP_SYSREG_READ(pmccntr_el0) > first);
    stop_counting();
    first = AMP_SYSREG_READ(pmccntr_el0);
    be_quiet();
    EXPECT_EQUAL(AMP_SYSREG_READ(pmccntr_el0), first);
    return PASS;
}

enum outcome test_pmu_event_counter(void)
{
    NEEDS_PMU();
    NEEDS((AMP_SYSREG_READ(pmcr_el0) >> 11 & 0x1f) != 0, "no event counter");
    NEEDS((AMP_SYSREG_READ(pmceid0_el0) & 1) != 0, "no software event");
    stop_counting();
    AMP_SYSREG_WRITE(pmselr_el0, 0);
    amp_isb();
    AMP_SYSREG_WRITE(pmxevtyper_el0, EVENT_SOFTWARE);
    AMP_SYSREG_WRITE(pmcntenset_el0, 1);
    AMP_SYSREG_WRITE(pmcr_el0, PMCR_ENABLE | PMCR_LONG);
    amp_isb();
    for (unsigned i = 0; i < 3; i++)
        AMP_SYSREG_WRITE(pmswinc_el0, 1);
    amp_isb();
    EXPECT_EQUAL(AMP_SYSREG_READ(pmxevcntr_el0), 3);
    stop_counting();
    EXPECT_EQUAL(AMP_SYSREG_READ(pmxevcntr_el0), 0);
    return PASS;
}

static volatile uint64_t overflows;

static void on_overflow(uint32_t intid)
{
    (void)intid;
    overflows = AMP_SYSREG_READ(pmovsset_el0);
    AMP_SYSREG_WRITE(pmovsclr_el0, 0xffffffff);
    amp_isb();
}

enum outcome test_pmu_overflow(void)
{
    NEEDS_PMU();
    stop_counting();
    on_interrupt = on_overflow;
    gic_prepare(PMU_INTID, PRIORITY_DEFAULT);
    AMP_SYSREG_WRITE(pmccfiltr_el0, 0);
    AMP_SYSREG_WRITE(pmccntr_el0, ~0ull - 100);
    AMP_SYSREG_WRITE(pmintenset_el1, CYCLES);
    AMP_SYSREG_WRITE(pmcntenset_el0, CYCLES);
    AMP_SYSREG_WRITE(pmcr_el0, PMCR_ENABLE | PMCR_LONG);
    amp_isb();
    EXPECT(wait_taken(1));
    stop_counting();
    be_quiet();
    EXPECT_EQUAL(taken.count, 1);
    EXPECT_EQUAL(taken.intid[0], PMU_INTID);
    EXPECT_EQUAL(overflows & CYCLES, CYCLES);
    return PASS;
}
