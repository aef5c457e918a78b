// SPDX-License-Identifier: GPL-2.0-only
// Writes to its console as fast as it can, for ever. Expected: contained; old output is lost, nothing else.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: flooding the console\n");
    for (uint32_t n = 0;; n++)
        amp_printf("flood %u 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n", n);
}
