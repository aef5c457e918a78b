// SPDX-License-Identifier: GPL-2.0-only
// Writes to its read-only info page. Expected end: crashed, DENIED_WRITE.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: writing to the info page at 0x%x\n", AMP_INFO_GPA);
    amp_mmio_write32(AMP_INFO_GPA, 0xdeadu);
    amp_printf("misbehave: still here\n");
    return 0;
}
