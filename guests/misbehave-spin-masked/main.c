// SPDX-License-Identifier: GPL-2.0-only
// Masks everything that can be masked and spins. Expected: stopped when asked, every time.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: spinning with everything masked\n");
    __asm__ volatile("msr daifset, #0xf\n1:\tb 1b" : : : "memory");
    return 0;
}
