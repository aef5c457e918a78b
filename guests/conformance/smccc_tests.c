/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* SMC Calling Convention (Arm DEN 0028) and what kernels ask for by it: workarounds, TRNG (DEN 0098), stolen time (DEN 0057). */
#include "machine.h"
#include "tests_declared.h"

#define NOT_SUPPORTED 0xffffffffu
#define PSCI_FEATURES 0x8400000a
#define SMCCC_VERSION 0x80000000
#define ARCH_FEATURES 0x80000001
#define ARCH_SOC_ID 0x80000002
#define WORKAROUND_1 0x80008000
#define WORKAROUND_2 0x80007fff
#define WORKAROUND_3 0x80003fff

static uint32_t call(uint32_t function, uint64_t argument)
{
    return (uint32_t)amp_hvc(function, argument, 0, 0).x0;
}

/* DEN 0028, 7.2.1: how a kernel finds out without harm on older firmware. */
static bool offered(void)
{
    return (int32_t)call(PSCI_FEATURES, SMCCC_VERSION) >= 0;
}

enum outcome test_smccc_version(void)
{
    NEEDS(offered(), "SMCCC 1.0");
    EXPECT(call(SMCCC_VERSION, 0) >= 0x10001);
    EXPECT(call(SMCCC_VERSION, 0) < 0x20000);
    return PASS;
}

enum outcome test_smccc_arch_features(void)
{
    NEEDS(offered(), "SMCCC 1.0");
    EXPECT_EQUAL(call(ARCH_FEATURES, SMCCC_VERSION), 0);
    EXPECT_EQUAL(call(ARCH_FEATURES, ARCH_FEATURES), 0);
    EXPECT_EQUAL(call(ARCH_FEATURES, 0x80001234), NOT_SUPPORTED);
    EXPECT_EQUAL(call(ARCH_FEATURES, 0x12345678), NOT_SUPPORTED);
    return PASS;
}

/* Each is there (0: call it, 1: this core needs none) or not; what is there can be called. */
enum outcome test_smccc_workarounds(void)
{
    static const uint32_t workarounds[] = {WORKAROUND_1, WORKAROUND_2, WORKAROUND_3};

    NEEDS(offered(), "SMCCC 1.0");
    for (unsigned i = 0; i < sizeof(workarounds) / sizeof(workarounds[0]); i++) {
        uint32_t answer = call(ARCH_FEATURES, workarounds[i]);

        /* WORKAROUND_2 has one more: -2, not required for any core */
        EXPECT(answer <= 1 || answer == NOT_SUPPORTED || (workarounds[i] == WORKAROUND_2 && answer == NOT_SUPPORTED - 1));
        if (answer == 0)
            (void)call(workarounds[i], 1);
    }
    return PASS;
}

static enum outcome absent(uint32_t function)
{
    EXPECT_EQUAL(call(function, 0), NOT_SUPPORTED);
    return PASS;
}

enum outcome test_smccc_trng(void)
{
    uint32_t version = call(0x84000050, 0);

    if ((int32_t)version > 0) {
        EXPECT(version >= 0x10000);
        EXPECT_EQUAL(call(0x84000051, 0x84000053), 0);
        return PASS;
    }
    EXPECT_EQUAL(version, NOT_SUPPORTED);
    EXPECT_PASS(absent(0x84000051));
    EXPECT_PASS(absent(0x84000053));
    return absent(0xc4000053);
}

enum outcome test_smccc_absent(void)
{
    EXPECT_PASS(absent(0xc5000020)); /* stolen time: PV_TIME_FEATURES */
    EXPECT_PASS(absent(0xc5000021));
    EXPECT_PASS(absent(0x86000000)); /* somebody else's hypervisor */
    EXPECT_PASS(absent(0x83001234)); /* OEM */
    EXPECT_PASS(absent(0xbf00ff01)); /* Trusted OS */
    return absent(0x82000000);       /* SiP */
}

/* SMCCC 1.1: x4 to x17 come back as they were. */
enum outcome test_smccc_preserves(void)
{
    uint64_t after[14];

    NEEDS(offered(), "SMCCC 1.0");
    __asm__ volatile("mov x4, #104\n\tmov x5, #105\n\tmov x6, #106\n\tmov x7, #107\n\tmov x8, #108\n\tmov x9, #109\n\t"
                     "mov x10, #110\n\tmov x11, #111\n\tmov x12, #112\n\tmov x13, #113\n\tmov x14, #114\n\t"
                     "mov x15, #115\n\tmov x16, #116\n\tmov x17, #117\n\t"
                     "movz x0, #0x8000, lsl #16\n\thvc #0\n\t"
                     "stp x4, x5, [%0]\n\tstp x6, x7, [%0, #16]\n\tstp x8, x9, [%0, #32]\n\tstp x10, x11, [%0, #48]\n\t"
                     "stp x12, x13, [%0, #64]\n\tstp x14, x15, [%0, #80]\n\tstp x16, x17, [%0, #96]"
                     :
                     : "r"(after)
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
                       "x16", "x17", "memory");
    for (unsigned i = 0; i < 14; i++)
        EXPECT_EQUAL(after[i], 104 + i);
    return PASS;
}
