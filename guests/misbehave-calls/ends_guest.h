/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The calls that rightly end or suspend a partition, which those who call garbage leave out; for 64- and 32-bit guests. */
#ifndef ENDS_GUEST_H
#define ENDS_GUEST_H

#include <stdbool.h>
#include <stdint.h>

// Arm DEN 0022: CPU_SUSPEND, CPU_OFF, SYSTEM_OFF, SYSTEM_RESET, CPU_DEFAULT_SUSPEND, SYSTEM_SUSPEND, SYSTEM_RESET2 do what they say.
static bool does_what_it_says(uint32_t function)
{
    static const uint8_t list[] = {0x01, 0x02, 0x08, 0x09, 0x0c, 0x0e, 0x12};

    if ((function & ~0x40000000u) >> 8 != 0x840000)
        return false;
    for (unsigned i = 0; i < sizeof(list); i++) {
        if ((function & 0xff) == list[i])
            return true;
    }
    return false;
}

#endif
