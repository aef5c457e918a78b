// SPDX-License-Identifier: GPL-2.0-only
// Random values of every width to anywhere in the interrupt controller's windows. Expected: contained.
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
    uint64_t offset = next(state) % (size - 8), kind = next(state) % 16;

    switch (kind) {
    case 0: (void)amp_mmio_read8(base + offset); break;
    case 1: (void)amp_mmio_read16(base + offset); break;
    case 2: (void)amp_mmio_read64(base + offset); break;
    case 3: amp_mmio_write8(base + offset, (uint8_t)next(state)); break;
    case 4: amp_mmio_write16(base + offset, (uint16_t)next(state)); break;
    case 5: amp_mmio_write64(base + offset, next(state)); break;
    case 6: (void)amp_mmio_read32(base + offset); break;
    case 7: amp_mmio_write32(base + offset, (uint32_t)next(state)); break;
    case 8: case 9: case 10: case 11: (void)amp_mmio_read32(base + (offset & ~3ull)); break;
    default: amp_mmio_write32(base + (offset & ~3ull), (uint32_t)next(state)); break;
    }
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
    amp_printf("misbehave: survived, %u rounds\n", ROUNDS);
    for (;;)
        amp_cpu_wait();
}
