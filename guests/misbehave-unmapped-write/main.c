// SPDX-License-Identifier: GPL-2.0-only
// Writes to an address the partition does not have. Expected end: crashed, UNMAPPED_WRITE.
#include "amp/guest/guest.h"

#define NOWHERE 0x10000000u

int main(void)
{
    amp_printf("misbehave: writing to 0x%x, where nothing is\n", NOWHERE);
    amp_mmio_write32(NOWHERE, 0xdeadu);
    amp_printf("misbehave: still here\n");
    return 0;
}
