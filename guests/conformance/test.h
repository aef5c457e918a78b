/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a test of the conformance guest is made of: a function that answers PASS, FAIL or SKIP and says why it is not PASS.
 * Each starts with the machine as machine_reset() leaves it and may leave it as it likes.
 */
#ifndef CONFORMANCE_TEST_H
#define CONFORMANCE_TEST_H

#include "amp/guest/guest.h"

enum outcome { PASS, FAIL, SKIP };

struct test {
    const char *name;
    enum outcome (*run)(void);
};

/* The reason is kept until the next test, the line is that of the failing statement. */
enum outcome test_failed(unsigned line, const char *what);
enum outcome test_unequal(unsigned line, const char *what, uint64_t is, uint64_t expected);
enum outcome test_skipped(const char *why);

/* clang-format off */
#define EXPECT(condition) \
    do { if (!(condition)) return test_failed(__LINE__, #condition); } while (0)
#define EXPECT_EQUAL(is, expected) \
    do { \
        uint64_t is_ = (is), expected_ = (expected); \
        if (is_ != expected_) return test_unequal(__LINE__, #is, is_, expected_); \
    } while (0)
/* A part of a test in a function of its own */
#define EXPECT_PASS(part) \
    do { enum outcome part_ = (part); if (part_ != PASS) return part_; } while (0)
#define NEEDS(condition, why) \
    do { if (!(condition)) return test_skipped(why); } while (0)
/* clang-format on */

#endif
