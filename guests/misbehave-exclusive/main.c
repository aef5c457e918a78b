// SPDX-License-Identifier: GPL-2.0-only
// An exclusive load from a device. Expected end: crashed, NO_SYNDROME (or BAD_DEVICE_ACCESS, where the core refuses it itself).
#include "amp/guest/guest.h"

int main(void)
{
    uint32_t value;

    amp_printf("misbehave: reading the console exclusively\n");
    // Arm ARM, ISS encoding for an exception from a Data Abort: ISV is 0 for exclusives.
    __asm__ volatile("ldxr %w0, [%1]" : "=r"(value) : "r"(amp_platform.console + 0x18));
    amp_printf("misbehave: still here, read 0x%x\n", value);
    return 0;
}
