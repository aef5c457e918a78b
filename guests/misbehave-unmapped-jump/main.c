// SPDX-License-Identifier: GPL-2.0-only
// Jumps to an address the partition does not have. Expected end: crashed, UNMAPPED_FETCH.
#include "amp/guest/guest.h"

#define NOWHERE 0x10000000ul

int main(void)
{
    amp_printf("misbehave: jumping to 0x%lx, where nothing is\n", NOWHERE);
    // The library maps no code there, so the jump is made with the MMU off: then only the partition's own limits stand. From
    // the switch on no memory is touched, since what lies in the caches can't be seen without them.
    __asm__ volatile("msr daifset, #0xf\n\t"
                     "mrs x1, sctlr_el1\n\t"
                     "bic x1, x1, #1\n\t" /* M */
                     "bic x1, x1, #4\n\t" /* C */
                     "msr sctlr_el1, x1\n\t"
                     "isb\n\t"
                     "br %0"
                     :
                     : "r"(NOWHERE)
                     : "x1", "memory");
    return 0;
}
