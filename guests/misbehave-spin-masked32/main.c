// SPDX-License-Identifier: GPL-2.0-only
// In FIQ mode with everything masked that can be masked, spinning. Expected: stopped when asked, every time.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: spinning with everything masked\n");
    __asm__ volatile("cpsid aif, #0x11\n1:\tb 1b" : : : "memory");
    return 0;
}
