/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef CONFORMANCE_TESTS_DECLARED_H
#define CONFORMANCE_TESTS_DECLARED_H

#include "test.h"

#define TEST(name, function) enum outcome function(void);
#include "tests.h"
#undef TEST

#endif
