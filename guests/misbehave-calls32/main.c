// SPDX-License-Identifier: GPL-2.0-only
// SMC and HVC with garbage out of every mode, in A32 and as conditional instructions: all owners, wild arguments and immediate
// values, 64-bit function numbers, which a 32-bit guest does not have. Expected: contained. The few calls that rightly end or
// suspend a partition are left out.
#include "amp/guest/guest.h"
#include "../misbehave-calls/ends_guest.h"

#define OWNERS 64
#define FUNCTIONS 64

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint32_t wrong;

static void call(uint32_t function, uint32_t *state)
{
    bool is_64bit = (function & 0xc0000000u) == 0xc0000000u;
    uint32_t hvc, smc;

    if (does_what_it_says(function) && !is_64bit)
        return;
    hvc = (uint32_t)amp_hvc(function, next(state), next(state), next(state)).x0;
    smc = (uint32_t)amp_smc(function, next(state), next(state), next(state)).x0;
    if (is_64bit && (hvc != (uint32_t)AMP_HVC_NOT_SUPPORTED || smc != (uint32_t)AMP_HVC_NOT_SUPPORTED))
        wrong++;
}

static void odd_forms(void)
{
    __asm__ volatile(".arch_extension sec\n\t.arch_extension virt\n\t"
                     "ldr r0, =0x84000008\n\tcmp r0, r0\n\tsmcne #0\n\t" // SYSTEM_OFF, if it were executed
                     "ldr r0, =0x84000000\n\thvc #1\n\thvc #0x4a48\n\thvc #0xffff\n\tsmc #1\n\tsmc #15\n\t"
                     "mrs r4, cpsr\n\tcps #0x11\n\thvc #0\n\tsmc #0\n\tcps #0x1b\n\thvc #0\n\tcps #0x1f\n\tsmc #0\n\t"
                     "msr cpsr_c, r4"
                     :
                     :
                     : "r0", "r1", "r2", "r3", "r4", "r12", "cc", "memory");
}

int main(void)
{
    uint32_t state = 0x12345678;

    amp_printf("misbehave: garbage calls\n");
    (void)amp_exception_skip(true);
    for (uint32_t top = 0; top < 4; top++) {
        for (uint32_t owner = 0; owner < OWNERS; owner++) {
            for (uint32_t function = 0; function < FUNCTIONS; function++)
                call(top << 30 | owner << 24 | function, &state);
        }
    }
    for (uint32_t i = 0; i < 10000; i++)
        call(next(&state), &state);
    odd_forms();
    (void)amp_exception_skip(false);
    amp_printf("misbehave: survived, %u answers to 64-bit calls\n", (unsigned)wrong);
    for (;;)
        amp_cpu_wait();
}
