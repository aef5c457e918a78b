/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* PSCI (Arm DEN 0022) on a machine with one core; the conduit is HVC. What ends or restarts the machine is not called. */
#include "machine.h"
#include "tests_declared.h"
#include "timer.h"

#define NOT_SUPPORTED (-1)
#define INVALID_PARAMETERS (-2)
#define ALREADY_ON (-4)

enum {
    VERSION = 0x84000000,
    CPU_SUSPEND = 0x84000001,
    CPU_OFF = 0x84000002,
    CPU_ON = 0x84000003,
    AFFINITY_INFO = 0x84000004,
    MIGRATE = 0x84000005,
    MIGRATE_INFO_TYPE = 0x84000006,
    MIGRATE_INFO_UP_CPU = 0x84000007,
    SYSTEM_OFF = 0x84000008,
    SYSTEM_RESET = 0x84000009,
    FEATURES = 0x8400000a,
    CPU_FREEZE = 0x8400000b,
    NODE_HW_STATE = 0x8400000d,
    SET_SUSPEND_MODE = 0x8400000f,
    SYSTEM_RESET2 = 0x84000012,
    MEM_PROTECT = 0x84000013,
    WIDE = 0x40000000, /* the variant with 64-bit arguments */
};

static int32_t call(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    return (int32_t)amp_hvc(function, a, b, c).x0;
}

enum outcome test_psci_version(void)
{
    uint32_t version = (uint32_t)call(VERSION, 0, 0, 0);

    EXPECT_EQUAL(version >> 16, 1);
    EXPECT((version & 0xffff) >= 1);
    return PASS;
}

enum outcome test_psci_features(void)
{
    /* all that are mandatory (DEN 0022, 5.1) */
    static const uint32_t there[] = {VERSION,       CPU_OFF, CPU_ON,     CPU_ON | WIDE, AFFINITY_INFO, AFFINITY_INFO | WIDE,
                                     CPU_SUSPEND,   CPU_SUSPEND | WIDE, SYSTEM_OFF, SYSTEM_RESET, FEATURES};
    static const uint32_t absent[] = {MIGRATE, MIGRATE_INFO_UP_CPU, CPU_FREEZE, 0x8400001f, 0x840000ff, VERSION | WIDE, 0};

    for (unsigned i = 0; i < sizeof(there) / sizeof(there[0]); i++)
        EXPECT(call(FEATURES, there[i], 0, 0) >= 0);
    for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        EXPECT_EQUAL((uint32_t)call(FEATURES, absent[i], 0, 0), (uint32_t)NOT_SUPPORTED);
    return PASS;
}

/* What FEATURES denies is answered NOT_SUPPORTED when it is called. */
enum outcome test_psci_absent(void)
{
    static const uint32_t functions[] = {MIGRATE, MIGRATE | WIDE, MIGRATE_INFO_UP_CPU, CPU_FREEZE, NODE_HW_STATE,
                                         SET_SUSPEND_MODE, MEM_PROTECT, VERSION | WIDE, 0x8400001f, 0xc400001f};

    for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (call(FEATURES, functions[i], 0, 0) < 0)
            EXPECT_EQUAL((uint32_t)call(functions[i], 0, 0, 0), (uint32_t)NOT_SUPPORTED);
    }
    return PASS;
}

enum outcome test_psci_affinity_info(void)
{
    EXPECT_EQUAL((uint32_t)call(AFFINITY_INFO, 0, 0, 0), 0);
    EXPECT_EQUAL((uint32_t)call(AFFINITY_INFO | WIDE, 0, 0, 0), 0);
    EXPECT_EQUAL((uint32_t)call(AFFINITY_INFO | WIDE, 1, 0, 0), (uint32_t)INVALID_PARAMETERS);
    EXPECT_EQUAL((uint32_t)call(AFFINITY_INFO | WIDE, 0xff00ff, 0, 0), (uint32_t)INVALID_PARAMETERS);
    return PASS;
}

enum outcome test_psci_cpu_on(void)
{
    EXPECT_EQUAL((uint32_t)call(CPU_ON, 0, 0x40000000, 0), (uint32_t)ALREADY_ON);
    EXPECT_EQUAL((uint32_t)call(CPU_ON | WIDE, 0, 0x40000000, 0), (uint32_t)ALREADY_ON);
    EXPECT_EQUAL((uint32_t)call(CPU_ON | WIDE, 1, 0x40000000, 0), (uint32_t)INVALID_PARAMETERS);
    EXPECT_EQUAL((uint32_t)call(CPU_ON | WIDE, 3, 0x40000000, 0), (uint32_t)INVALID_PARAMETERS);
    EXPECT_EQUAL((uint32_t)call(CPU_ON | WIDE, 0x100000000, 0x40000000, 0), (uint32_t)INVALID_PARAMETERS);
    return PASS;
}

/* Standby until the timer; interrupts masked, so that what wakes is the pending interrupt and not its handler. */
static enum outcome suspend(const struct timer *timer, uint32_t function)
{
    uint64_t deadline;

    mask();
    gic_prepare(timer->intid, PRIORITY_DEFAULT);
    deadline = timer->count() + amp_timer_frequency() / 100;
    timer->set_cval(deadline);
    timer->set_ctl(TIMER_ENABLE);
    while (timer->count() < deadline)
        EXPECT_EQUAL((uint32_t)call(function, 0, 0, 0), 0);
    timer->set_ctl(0);
    gic_set(GICD_ICENABLER, timer->intid);
    unmask();
    return PASS;
}

enum outcome test_psci_cpu_suspend(void)
{
    EXPECT_PASS(suspend(&virtual_timer, CPU_SUSPEND));
    EXPECT_PASS(suspend(&virtual_timer, CPU_SUSPEND | WIDE));
    EXPECT_PASS(suspend(&physical_timer, CPU_SUSPEND | WIDE));
    return PASS;
}

/* Something pending: the call returns at once, or this test never ends. */
enum outcome test_psci_cpu_suspend_pending(void)
{
    mask();
    gic_prepare(2, PRIORITY_DEFAULT);
    gic_send_self(2);
    EXPECT_EQUAL((uint32_t)call(CPU_SUSPEND, 0, 0, 0), 0);
    unmask();
    EXPECT(wait_taken(1));
    return PASS;
}

enum outcome test_psci_cpu_suspend_bad(void)
{
    EXPECT_EQUAL((uint32_t)call(CPU_SUSPEND, 0x80000000, 0, 0), (uint32_t)INVALID_PARAMETERS);
    EXPECT_EQUAL((uint32_t)call(CPU_SUSPEND | WIDE, 0x00020000, 0, 0), (uint32_t)INVALID_PARAMETERS);
    return PASS;
}

enum outcome test_psci_migrate_info(void)
{
    EXPECT_EQUAL((uint32_t)call(MIGRATE_INFO_TYPE, 0, 0, 0), 2); /* no trusted OS, or none that cares */
    return PASS;
}

enum outcome test_psci_system_reset2(void)
{
    NEEDS(call(FEATURES, SYSTEM_RESET2, 0, 0) >= 0, "not offered");
    EXPECT(call(FEATURES, SYSTEM_RESET2 | WIDE, 0, 0) >= 0);
    EXPECT_EQUAL((uint32_t)call(SYSTEM_RESET2, 1, 0, 0), (uint32_t)INVALID_PARAMETERS);
    EXPECT_EQUAL((uint32_t)call(SYSTEM_RESET2 | WIDE, 0x7fffffff, 0, 0), (uint32_t)INVALID_PARAMETERS);
    return PASS;
}

enum outcome test_psci_smc(void)
{
    count_exceptions = true;
    uint32_t version = (uint32_t)amp_smc(VERSION, 0, 0, 0).x0;
    bool undefined = sync_exceptions.count != 0;

    count_exceptions = false;
    NEEDS(!undefined, "SMC is undefined here");
    EXPECT_EQUAL(version, (uint32_t)call(VERSION, 0, 0, 0));
    return PASS;
}
