/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Identification (Arm ARM D19.2): what a register says is there can be used, what it says is not there is UNDEFINED. A kernel
 * that believes the ID registers then never meets a surprise.
 */
#include "debug.h"
#include "machine.h"
#include "tests_declared.h"

static uint64_t field(uint64_t value, unsigned low)
{
    return value >> low & 0xf;
}

static bool undefined(uint64_t (*read)(void))
{
    uint32_t before = sync_exceptions.count;

    count_exceptions = true;
    (void)read();
    count_exceptions = false;
    return sync_exceptions.count != before;
}

#define READER(name, encoding) \
    static uint64_t read_##name(void) \
    { \
        return AMP_SYSREG_READ(encoding); \
    }

/* X(name, ID register, lowest bit of the field, least value with which the register exists, a register of the feature) */
#define FEATURES(X) \
    X(ras, id_aa64pfr0_el1, 28, 1, s3_0_c5_c3_0)     /* ERRIDR_EL1 */ \
    X(sve, id_aa64pfr0_el1, 32, 1, s3_0_c1_c2_0)     /* ZCR_EL1 */ \
    X(amu, id_aa64pfr0_el1, 44, 1, s3_3_c13_c2_0)    /* AMCR_EL0 */ \
    X(mpam, id_aa64pfr0_el1, 40, 1, s3_0_c10_c5_0)   /* MPAM1_EL1 */ \
    X(dit, id_aa64pfr0_el1, 48, 1, s3_3_c4_c2_5)     /* DIT */ \
    X(csv2, id_aa64pfr0_el1, 56, 2, s3_0_c13_c0_7)   /* SCXTNUM_EL1 */ \
    X(ssbs, id_aa64pfr1_el1, 4, 2, s3_3_c4_c2_6)     /* SSBS */ \
    X(mte, id_aa64pfr1_el1, 8, 2, s3_0_c1_c0_5)      /* RGSR_EL1 */ \
    X(sme, id_aa64pfr1_el1, 24, 1, s3_0_c1_c2_6)     /* SMCR_EL1 */ \
    X(pmu, id_aa64dfr0_el1, 8, 1, s3_3_c9_c12_0)     /* PMCR_EL0 */ \
    X(trace, id_aa64dfr0_el1, 4, 1, s2_1_c7_c14_6)   /* TRCAUTHSTATUS */ \
    X(trace_filter, id_aa64dfr0_el1, 40, 1, s3_0_c1_c2_1) /* TRFCR_EL1 */ \
    X(spe, id_aa64dfr0_el1, 32, 1, s3_0_c9_c9_7)     /* PMSIDR_EL1 */ \
    X(trbe, id_aa64dfr0_el1, 44, 1, s3_0_c9_c11_0)   /* TRBLIMITR_EL1 */ \
    X(brbe, id_aa64dfr0_el1, 52, 1, s2_1_c9_c0_0)    /* BRBCR_EL1 */ \
    X(pan, id_aa64mmfr1_el1, 20, 1, s3_0_c4_c2_3)    /* PAN */ \
    X(uao, s3_0_c0_c7_2, 4, 1, s3_0_c4_c2_4)         /* ID_AA64MMFR2_EL1; UAO */ \
    X(lor, id_aa64mmfr1_el1, 16, 1, s3_0_c10_c4_3)   /* LORC_EL1 */ \
    X(rng, id_aa64isar0_el1, 60, 1, s3_3_c2_c4_0)    /* RNDR */

#define DEFINE_READERS(name, id, low, least, encoding) \
    READER(name, encoding) \
    static uint64_t id_of_##name(void) \
    { \
        return AMP_SYSREG_READ(id); \
    }
FEATURES(DEFINE_READERS)

struct feature {
    const char *name;
    uint64_t (*id)(void);
    unsigned low, least;
    uint64_t (*read)(void);
};

static const struct feature features[] = {
#define FEATURE(name, id, low, least, encoding) {#name, id_of_##name, low, least, read_##name},
    FEATURES(FEATURE)};

/* CPACR_EL1: FPEN, SMEN, ZEN, so that only what does not exist traps */
#define CPACR_ALL (3ull << 16 | 3ull << 20 | 3ull << 24)

enum outcome test_id_features(void)
{
    AMP_SYSREG_WRITE(cpacr_el1, CPACR_ALL);
    amp_isb();
    for (unsigned i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        const struct feature *feature = &features[i];
        uint64_t value = field(feature->id(), feature->low);

        if (value == 0xf) /* another one than the architecture's (ID_AA64DFR0_EL1.PMUVer) */
            value = 0;
        if (undefined(feature->read) == (value >= feature->least))
            return test_unequal(__LINE__, feature->name, undefined(feature->read), value < feature->least);
    }
    return PASS;
}

READER(key, s3_0_c2_c1_0) /* APIAKeyLo_EL1 */

/* ID_AA64ISAR1_EL1.APA, API, GPA, GPI; ID_AA64ISAR2_EL1.APA3 */
enum outcome test_id_pauth(void)
{
    uint64_t isar1 = AMP_SYSREG_READ(s3_0_c0_c6_1), isar2 = AMP_SYSREG_READ(s3_0_c0_c6_2);
    bool there = field(isar1, 4) != 0 || field(isar1, 8) != 0 || field(isar2, 12) != 0;

    EXPECT_EQUAL(undefined(read_key), !there);
    EXPECT(there || (field(isar1, 24) == 0 && field(isar1, 28) == 0));
    return PASS;
}

enum outcome test_id_levels(void)
{
    uint64_t pfr0 = AMP_SYSREG_READ(id_aa64pfr0_el1);

    EXPECT(field(pfr0, 0) != 0);
    EXPECT(field(pfr0, 4) != 0);
    for (unsigned low = 0; low <= 12; low += 4) /* AArch64, with AArch32 or without; EL2 and EL3 may be there for others */
        EXPECT(field(pfr0, low) <= 2);
    return PASS;
}

READER(hcr, hcr_el2)
READER(vbar_el2, vbar_el2)
READER(sctlr_el3, sctlr_el3)
READER(ich_vtr, s3_4_c12_c11_1)

enum outcome test_id_higher_levels_undefined(void)
{
    EXPECT(undefined(read_hcr));
    EXPECT(undefined(read_vbar_el2));
    EXPECT(undefined(read_sctlr_el3));
    EXPECT(undefined(read_ich_vtr));
    return PASS;
}

READER(icc_sre, s3_0_c12_c12_5)

enum outcome test_id_gic(void)
{
    EXPECT_EQUAL(field(AMP_SYSREG_READ(id_aa64pfr0_el1), 24), gic_is_v3() ? 1 : 0);
    EXPECT_EQUAL(undefined(read_icc_sre), !gic_is_v3());
    return PASS;
}

enum outcome test_id_affinity(void)
{
    EXPECT_EQUAL(AMP_SYSREG_READ(mpidr_el1) & 0xff00ffffff, 0);
    EXPECT(AMP_SYSREG_READ(midr_el1) != 0);
    return PASS;
}

static uint64_t read_every_id_register(void)
{
    uint64_t any = 0;

#define READ(crm, op2) any |= AMP_SYSREG_READ(s3_0_c0_c##crm##_##op2)
#define READ_GROUP(crm) \
    READ(crm, 0), READ(crm, 1), READ(crm, 2), READ(crm, 3), READ(crm, 4), READ(crm, 5), READ(crm, 6), READ(crm, 7)
    READ_GROUP(1), READ_GROUP(2), READ_GROUP(3), READ_GROUP(4), READ_GROUP(5), READ_GROUP(6), READ_GROUP(7);
    return any;
}

/* The whole space is readable, also what no core has yet (Arm ARM D19.1.3). */
enum outcome test_id_readable(void)
{
    count_exceptions = true;
    EXPECT(read_every_id_register() != 0);
    EXPECT_EQUAL(sync_exceptions.count, 0);
    return PASS;
}

/* Feature fields of which a guest on one core can only have these versions: 48-bit addresses, DebugVer up to v8.8 */
enum outcome test_id_versions(void)
{
    uint64_t pmu = field(AMP_SYSREG_READ(id_aa64dfr0_el1), 8);

    EXPECT(field(AMP_SYSREG_READ(id_aa64mmfr0_el1), 0) <= 6);
    EXPECT(field(AMP_SYSREG_READ(id_aa64dfr0_el1), 0) >= 6);
    EXPECT(pmu == 0 || pmu == 1 || pmu >= 4);
    EXPECT_EQUAL(field(AMP_SYSREG_READ(id_aa64pfr0_el1), 16), field(AMP_SYSREG_READ(id_aa64pfr0_el1), 20)); /* FP, AdvSIMD */
    return PASS;
}

/* Reserved identification registers read as zero (Arm ARM D19.1.3). */
enum outcome test_id_reserved(void)
{
    count_exceptions = true;
    EXPECT_EQUAL(AMP_SYSREG_READ(s3_0_c0_c4_3), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(s3_0_c0_c4_7), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(s3_0_c0_c5_7), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(s3_0_c0_c6_7), 0);
    EXPECT_EQUAL(AMP_SYSREG_READ(s3_0_c0_c7_7), 0);
    EXPECT_EQUAL(sync_exceptions.count, 0);
    return PASS;
}

/* Breakpoints and watchpoints that are said to be there can be written. */
enum outcome test_id_debug(void)
{
    uint64_t dfr0 = AMP_SYSREG_READ(id_aa64dfr0_el1);

    EXPECT(field(dfr0, 0) >= 6);
    EXPECT(field(dfr0, 12) >= 1);
    EXPECT(field(dfr0, 20) >= 1);
    count_exceptions = true;
    AMP_SYSREG_WRITE(dbgbvr1_el1, 0);
    AMP_SYSREG_WRITE(dbgwvr1_el1, 0);
    EXPECT_EQUAL(sync_exceptions.count, 0);
    return PASS;
}
