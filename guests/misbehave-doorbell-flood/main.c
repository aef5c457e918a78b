// SPDX-License-Identifier: GPL-2.0-only
// Rings dom0 as fast as it can, for ever, without a message. Expected: contained, and stopped when asked.
#include "amp/guest/guest.h"

int main(void)
{
    amp_printf("misbehave: flooding with doorbells\n");
    for (;;)
        (void)amp_hvc(AMP_HVC_DOORBELL, 0, 0, 0);
}
