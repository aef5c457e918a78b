// SPDX-License-Identifier: GPL-2.0-only
// Calls SMC as fast as it can, for ever. Expected: contained, and stopped when asked.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: flooding with SMC\n");
    for (;;)
        (void)amp_smc(AMP_PSCI_VERSION, 0, 0, 0);
}
