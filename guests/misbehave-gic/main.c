// SPDX-License-Identifier: GPL-2.0-only
// Random values to random registers of the interrupt controller's whole windows, then an access of a width that no register
// has. Expected: the former contained, the latter ends it: crashed, BAD_DEVICE_ACCESS.
#include "amp/guest/guest.h"

#define ROUNDS 200000u
#define GICD_SIZE_V3 0x10000u
#define GICD_SIZE_V2 0x1000u
#define GICR_SIZE 0x20000u
#define GICC_SIZE 0x2000u

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fuzz(uintptr_t base, uint32_t size, uint64_t *state)
{
    uintptr_t address = base + (next(state) % size & ~3ull);

    if (next(state) & 1)
        (void)amp_mmio_read32(address);
    else
        amp_mmio_write32(address, (uint32_t)next(state));
}

static void fuzz_registers(uint64_t *state)
{
    bool v3 = amp_platform.gic_version == 3;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        fuzz(amp_platform.gicd, v3 ? GICD_SIZE_V3 : GICD_SIZE_V2, state);
        if (v3)
            fuzz(amp_platform.gicr, GICR_SIZE, state);
        else
            fuzz(amp_platform.gicc, GICC_SIZE, state);
    }
}

int main(void)
{
    uint64_t state = 0xfeedface12345678;

    amp_printf("misbehave: random accesses to the interrupt controller\n");
    amp_irq_mask();
    (void)amp_exception_skip(true);
    fuzz_registers(&state);
    amp_printf("misbehave: survived, %u rounds; now 64 bits where the distributor has 32\n", ROUNDS);
    amp_mmio_write64(amp_platform.gicd, next(&state));
    amp_printf("misbehave: still here\n");
    for (;;)
        amp_cpu_wait();
}
