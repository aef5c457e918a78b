// SPDX-License-Identifier: GPL-2.0-only
// A conditional T32 instruction reads what is not there. Expected: crash, UNMAPPED_READ at 0x10000004.
#include "amp/guest/guest.h"

__attribute__((target("thumb"), noinline)) static uint32_t read(uintptr_t address)
{
    uint32_t value;

    __asm__ volatile("cmp %1, %1\n\tite eq\n\tldreq %0, [%1, #4]\n\tmovne %0, #0" : "=&l"(value) : "l"(address) : "cc", "memory");
    return value;
}

int main(void)
{
    amp_printf("misbehave: reading\n");
    amp_printf("misbehave: still here, 0x%x\n", (unsigned)read(0x10000000));
    return 0;
}
