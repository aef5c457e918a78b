// SPDX-License-Identifier: GPL-2.0-only
// Reads a device with an instruction whose fault tells nothing about it. Expected end: crashed, NO_SYNDROME.
#include "amp/guest/guest.h"

int main(void)
{
    uint32_t low, high;

    amp_printf("misbehave: reading the console's registers with LDP\n");
    // Arm ARM, ISS encoding for an exception from a Data Abort: ISV is 0 for a load of two registers.
    __asm__ volatile("ldp %w0, %w1, [%2]" : "=&r"(low), "=&r"(high) : "r"(amp_platform.console + 0x20));
    amp_printf("misbehave: still here, read 0x%x 0x%x\n", low, high);
    return 0;
}
