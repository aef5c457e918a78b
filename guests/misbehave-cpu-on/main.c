// SPDX-License-Identifier: GPL-2.0-only
// Starts every core there could be, Linux's among them. Expected: refused each time; the guest says so and waits.
#include "amp/guest/guest.h"

#define AFF3_SHIFT 32

// MPIDR of candidate n: Aff0, Aff1, Aff2 and Aff3 in turn up to 255, then mixed ones.
static uint64_t candidate(uint32_t n)
{
    uint64_t value = n & 0xff;

    switch (n >> 8) {
    case 0: return value;
    case 1: return value << 8;
    case 2: return value << 16;
    case 3: return value << AFF3_SHIFT;
    default: return (value & 0xf) | value >> 4 << 8 | (uint64_t)(n >> 8) << 16;
    }
}

int main(void)
{
    uint32_t started = 0, tried = 0;

    amp_printf("misbehave: starting every core\n");
    for (uint32_t n = 0; n < 0x800; n++) {
        started += (int64_t)amp_hvc(AMP_PSCI_CPU_ON, candidate(n), 0x40080000, n).x0 == 0;
        started += (int64_t)amp_smc(AMP_PSCI_CPU_ON, candidate(n), 0x40080000, n).x0 == 0;
        started += (int32_t)amp_smc(AMP_PSCI_CPU_ON & ~0x40000000u, candidate(n), 0x40080000, n).x0 == 0;
        tried += 3;
    }
    amp_printf("misbehave: survived, %u of %u cores started\n", started, tried);
    for (;;)
        amp_cpu_wait();
}
