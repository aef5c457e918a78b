// SPDX-License-Identifier: GPL-2.0-only
// Waits for ever with everything masked, its timer long expired. Expected: stopped when asked.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: waiting with everything masked\n");
    amp_timer_at(amp_timer_now());
    __asm__ volatile("msr daifset, #0xf\n1:\twfi\n\twfe\n\tb 1b" : : : "memory");
    return 0;
}
