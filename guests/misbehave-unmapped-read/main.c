// SPDX-License-Identifier: GPL-2.0-only
// Reads an address the partition does not have. Expected end: crashed, UNMAPPED_READ.
#include "amp/guest/guest.h"

#define NOWHERE 0x10000000u

int main(void)
{
    amp_printf("misbehave: reading 0x%x, where nothing is\n", NOWHERE);
    amp_printf("misbehave: still here, read 0x%x\n", amp_mmio_read32(NOWHERE));
    return 0;
}
