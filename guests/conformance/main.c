/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Tests of the virt machine as a single-core guest sees it: interrupt controller, timers, PSCI, identification, PMU, debug,
 * console. The same file runs on plain QEMU, which is the reference, and in a partition. One line per test, "PASS name",
 * "FAIL name: why" or "SKIP name: why", then a line of sums. Boot argument only=PREFIX: those tests alone.
 */
#include "machine.h"
#include "start.h"
#include "tests_declared.h"

static const struct test tests[] = {
#define TEST(name, function) {name, function},
#include "tests.h"
#undef TEST
};

struct start conformance_start;

static char reason[200];

enum outcome test_failed(unsigned line, const char *what)
{
    amp_snprintf(reason, sizeof(reason), "line %u: not so: %s", line, what);
    return FAIL;
}

enum outcome test_unequal(unsigned line, const char *what, uint64_t is, uint64_t expected)
{
    amp_snprintf(reason, sizeof(reason), "line %u: %s is 0x%lx, expected 0x%lx", line, what, is, expected);
    return FAIL;
}

enum outcome test_skipped(const char *why)
{
    amp_snprintf(reason, sizeof(reason), "%s", why);
    return SKIP;
}

static bool selected(const char *name)
{
    const char *prefix = amp_bootarg_text("only");

    if (prefix == NULL)
        return true;
    while (*prefix != '\0' && *prefix != ' ') {
        if (*prefix++ != *name++)
            return false;
    }
    return true;
}

static enum outcome run(const struct test *test)
{
    enum outcome outcome;

    reason[0] = '\0';
    machine_reset();
    outcome = test->run();
    machine_reset();
    if (outcome == PASS)
        amp_printf("PASS %s\n", test->name);
    else
        amp_printf("%s %s: %s\n", outcome == FAIL ? "FAIL" : "SKIP", test->name, reason);
    return outcome;
}

int main(void)
{
    uint32_t sums[3] = {0, 0, 0};

    conformance_start.virtual_count = amp_timer_now();
    amp_printf("conformance: %s, GICv%u\n", amp_platform.info != NULL ? "in a partition" : "on the bare machine",
               amp_platform.gic_version);
    for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        if (selected(tests[i].name))
            sums[run(&tests[i])]++;
    }
    amp_printf("conformance: %u passed, %u failed, %u skipped\n", sums[PASS], sums[FAIL], sums[SKIP]);
    return 0;
}
