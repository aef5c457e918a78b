// SPDX-License-Identifier: GPL-2.0-only
// Points its translation tables to memory it does not have. Expected end: crashed, TABLE_WALK.
#include "amp/guest/guest.h"

#define NOWHERE 0x10000000ul

int main(void)
{
    amp_printf("misbehave: translation tables at 0x%lx, where nothing is\n", NOWHERE);
    __asm__ volatile("msr ttbr0_el1, %0\n\t"
                     "isb\n\t"
                     "tlbi vmalle1\n\t"
                     "dsb sy\n\t"
                     "isb"
                     :
                     : "r"(NOWHERE)
                     : "memory");
    amp_printf("misbehave: still here\n");
    return 0;
}
