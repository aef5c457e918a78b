// SPDX-License-Identifier: GPL-2.0-only
// SMC and HVC with garbage: all owners, function numbers, immediate values, wild arguments. Expected: contained. The few
// calls that rightly end or suspend a partition are left out.
#include "amp/guest/guest.h"
#include "ends_guest.h"

#define OWNERS 64
#define FUNCTIONS 64

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void call(uint32_t function, uint64_t *state)
{
    if (does_what_it_says(function))
        return;
    (void)amp_hvc(function, next(state), next(state), next(state));
    (void)amp_smc(function, next(state), next(state), next(state));
}

// Immediate values other than 0 are nobody's; an HVC that is refused as undefined is skipped.
static void other_immediates(void)
{
    __asm__ volatile("mov x0, #0x84000000\n\thvc #1\n\thvc #0x4a48\n\thvc #0xffff\n\tsmc #1\n\tsmc #0xffff"
                     :
                     :
                     : "x0", "x1", "x2", "x3", "memory");
}

int main(void)
{
    uint64_t state = 0x123456789abcdef;
    uint32_t count = 0;

    amp_printf("misbehave: calling garbage\n");
    (void)amp_exception_skip(true);
    for (uint32_t owner = 0; owner < OWNERS; owner++) {
        for (uint32_t n = 0; n < FUNCTIONS; n++, count++) {
            call(0x80000000u | owner << 24 | n, &state);
            call(0xc0000000u | owner << 24 | n, &state);
            call(owner << 24 | (uint32_t)next(&state), &state);
        }
    }
    other_immediates();
    amp_printf("misbehave: survived, %u rounds of calls\n", count);
    for (;;)
        amp_cpu_wait();
}
