/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * As much of a flattened device tree (Devicetree Specification, chapter 5) as finds /chosen/bootargs. The tree comes from
 * the machine that started us and is believed, but never read beyond the size it states.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "internal.h"

#define FDT_MAGIC 0xd00dfeedu
enum { TOTAL_SIZE = 4, STRUCT_OFFSET = 8, STRINGS_OFFSET = 12 };
enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4 };

static uint32_t big_endian(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static uint32_t round_up4(uint32_t value)
{
    return (value + 3u) & ~3u;
}

const char *amp_fdt_bootargs(const void *fdt)
{
    const char *base = fdt;
    uint32_t size, at, strings, depth = 0;
    bool chosen = false;

    if (base == NULL || big_endian(base) != FDT_MAGIC)
        return NULL;
    size = big_endian(base + TOTAL_SIZE);
    strings = big_endian(base + STRINGS_OFFSET);
    for (at = big_endian(base + STRUCT_OFFSET); at < size - 12;) {
        uint32_t token = big_endian(base + at);

        at += 4;
        if (token == BEGIN_NODE) {
            chosen = ++depth == 2 && strcmp(base + at, "chosen") == 0;
            at += round_up4((uint32_t)strlen(base + at) + 1u);
        } else if (token == END_NODE) {
            depth--;
            chosen = false;
        } else if (token == PROPERTY) {
            if (chosen && strcmp(base + strings + big_endian(base + at + 4), "bootargs") == 0)
                return base + at + 8;
            at += 8 + round_up4(big_endian(base + at));
        } else if (token != NOP) {
            return NULL;
        }
    }
    return NULL;
}
