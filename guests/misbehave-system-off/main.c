// SPDX-License-Identifier: GPL-2.0-only
// Turns the machine off, or what it takes for it. Expected end: stopped, SYSTEM_OFF; dom0 goes on.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: turning the machine off by SMC\n");
    (void)amp_smc(AMP_PSCI_SYSTEM_OFF, 0, 0, 0);
    amp_printf("misbehave: still here\n");
    for (;;)
        amp_cpu_wait();
}
