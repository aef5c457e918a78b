/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef CONFORMANCE_START_H
#define CONFORMANCE_START_H

#include <stdint.h>

/* What main found before it did anything. */
struct start {
    uint64_t virtual_count;
};
extern struct start conformance_start;

#endif
