// SPDX-License-Identifier: GPL-2.0-only
// Every access to the virtio-mmio window that an instruction can make: all offsets of all 32 transports in all widths, unaligned
// too, garbage into every register in any order, then notifications of all values for ever. Expected: contained.
#include "amp/guest/guest.h"

#define WINDOW 0x0a000000ul /* unless the description moves it */
#define WINDOW_SIZE 0x4000u
#define STRIDE 0x200u
#define TRANSPORTS (WINDOW_SIZE / STRIDE)
#define QUEUE_NOTIFY 0x50u
#define RANDOM_ROUNDS 20000u
#define NOTIFICATIONS 200000u

/* virtio 1.2, 4.2.2: MagicValue, Version, DeviceID, VendorID */
#define FIXED_REGISTERS 4
struct fixed {
    uint32_t value[TRANSPORTS][FIXED_REGISTERS];
};

/*
 * A second view of the first GiB at 256 GiB, as Normal memory: there an unaligned access is not the guest's own alignment fault
 * (Arm ARM, B2.5.2), so that it reaches whoever emulates the device. The library's table of level 1; bits as in its mmu.c.
 */
#define ALIAS_INDEX 256
#define ALIAS (256ul << 30)
#define NORMAL_BLOCK (0x1ull | 1ull << 2 | 3ull << 8 | 1ull << 10 | 3ull << 53)
extern uint64_t amp_mmu_level1[];

static void set_level1(unsigned index, uint64_t entry)
{
    *(volatile uint64_t *)&amp_mmu_level1[index] = entry;
    __asm__ volatile("dsb sy\n\ttlbi vmalle1\n\tdsb sy\n\tisb" : : : "memory");
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void read_access(uintptr_t address, unsigned width_log2)
{
    switch (width_log2) {
    case 0: (void)amp_mmio_read8(address); break;
    case 1: (void)amp_mmio_read16(address); break;
    case 2: (void)amp_mmio_read32(address); break;
    default: (void)amp_mmio_read64(address); break;
    }
}

static void write_access(uintptr_t address, unsigned width_log2, uint64_t value)
{
    switch (width_log2) {
    case 0: amp_mmio_write8(address, (uint8_t)value); break;
    case 1: amp_mmio_write16(address, (uint16_t)value); break;
    case 2: amp_mmio_write32(address, (uint32_t)value); break;
    default: amp_mmio_write64(address, value); break;
    }
}

/* The last bytes of the window belong to narrow accesses: a wide one there would reach beyond it. */
static void scan(uintptr_t window, bool write, uint64_t *state)
{
    for (unsigned width_log2 = 0; width_log2 < 4; width_log2++) {
        for (uint32_t offset = 0; offset + (1u << width_log2) <= WINDOW_SIZE; offset++) {
            if (write)
                write_access(window + offset, width_log2, next(state));
            else
                read_access(window + offset, width_log2);
        }
    }
}

static void write_at_random(uint64_t *state)
{
    for (uint32_t round = 0; round < RANDOM_ROUNDS; round++) {
        uint64_t bits = next(state);
        uintptr_t address = WINDOW + ((bits >> 8) % WINDOW_SIZE & ~3ull);

        if (bits % 4 == 0)
            read_access(address, 2);
        else /* small values are the ones that mean something: status bits, queue numbers */
            write_access(address, 2, bits % 4 == 1 ? bits >> 60 : next(state));
    }
}

static void read_fixed(struct fixed *fixed)
{
    for (unsigned i = 0; i < TRANSPORTS; i++) {
        for (unsigned j = 0; j < FIXED_REGISTERS; j++)
            fixed->value[i][j] = amp_mmio_read32(WINDOW + i * STRIDE + j * 4);
    }
}

static unsigned count_devices(const struct fixed *fixed)
{
    unsigned count = 0;

    for (unsigned i = 0; i < TRANSPORTS; i++)
        count += fixed->value[i][2] != 0;
    return count;
}

static unsigned count_changed(const struct fixed *before)
{
    static struct fixed now;
    unsigned count = 0;

    read_fixed(&now);
    for (unsigned i = 0; i < TRANSPORTS; i++) {
        for (unsigned j = 0; j < FIXED_REGISTERS; j++)
            count += now.value[i][j] != before->value[i][j];
    }
    return count;
}

/* An odd step visits every 32-bit value, far ones early; and a queue that there is. */
static void notify(uint32_t *value)
{
    for (unsigned i = 0; i < TRANSPORTS; i++) {
        amp_mmio_write32(WINDOW + i * STRIDE + QUEUE_NOTIFY, *value);
        amp_mmio_write32(WINDOW + i * STRIDE + QUEUE_NOTIFY, 0);
    }
    *value += 0x9e3779b1;
}

static void scan_all(uint64_t *state)
{
    set_level1(ALIAS_INDEX, 0);
    set_level1(ALIAS_INDEX, NORMAL_BLOCK);
    scan(WINDOW, false, state);
    scan(ALIAS + WINDOW, false, state);
    amp_printf("misbehave: read everything, %u exceptions of my own\n", amp_exception_skip(true));
    scan(WINDOW, true, state);
    scan(ALIAS + WINDOW, true, state);
    write_at_random(state);
    amp_printf("misbehave: wrote garbage everywhere, %u exceptions of my own\n", amp_exception_skip(true));
}

int main(void)
{
    static struct fixed fixed;
    uint64_t state = 0xfeedface12345678;
    uint32_t value = 0;
    unsigned changed;

    amp_irq_mask();
    (void)amp_exception_skip(true);
    read_fixed(&fixed);
    amp_printf("misbehave: virtio, %u devices\n", count_devices(&fixed));
    scan_all(&state);
    for (uint32_t queue = 0; queue <= 0xffff; queue++)
        amp_mmio_write32(WINDOW + QUEUE_NOTIFY, queue);
    for (uint32_t i = 0; i < NOTIFICATIONS / TRANSPORTS; i++)
        notify(&value);
    changed = count_changed(&fixed);
    if (changed != 0) {
        amp_printf("misbehave: BROKEN, %u fixed registers have changed\n", changed);
        return 1;
    }
    amp_printf("misbehave: survived, flooding with notifications\n");
    for (;;)
        notify(&value);
}
