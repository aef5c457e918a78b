// SPDX-License-Identifier: GPL-2.0-only
// The smallest guest: says hello and where it runs, and ends. Boot arguments: "stay" waits for ever instead, "crash" reads an
// address that the partition does not have.
#include <inttypes.h>

#include "amp/guest/guest.h"

#define NOWHERE 0x10000000u

int main(void)
{
    amp_printf("hello from %s: GICv%u, counter %" PRIu64 " at %" PRIu64 " Hz, %s\n", amp_platform.name,
               amp_platform.gic_version, amp_timer_now(), amp_timer_frequency(),
               amp_platform.info != 0 ? "in a partition" : "without a monitor");
    if (amp_platform.info != 0)
        amp_printf("%u channel(s), boot arguments \"%s\"\n", amp_platform.info->channel_count, amp_platform.bootargs);

    if (amp_bootarg("crash")) {
        amp_printf("reading 0x%x, which is not there\n", NOWHERE);
        amp_printf("read 0x%x\n", amp_mmio_read32(NOWHERE));
    }
    while (amp_bootarg("stay"))
        amp_cpu_wait();
    amp_printf("bye\n");
    return 0;
}
