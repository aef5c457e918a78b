// SPDX-License-Identifier: GPL-2.0-only
// Every system register encoding (op0 2 and 3) read, and written back with the value read, or with zero where it could not be
// read. Expected: contained; what is not for the guest is undefined to it. The instructions are made at run time.
#include "amp/guest/guest.h"

// The second 2 MiB of RAM, which the library maps as one data block.
#define CODE 0x40200000ull
#define LEVEL1_SHIFT 30
#define LEVEL2_SHIFT 21
#define ADDRESS_BITS 0x0000fffffffff000ull
#define NO_EXECUTE ((1ull << 53) | (1ull << 54))

// Arm ARM, MRS and MSR (register): op0, op1, CRn, CRm, op2 as one number from bit 5 on
#define MRS_X0 0xd5200000u
#define MSR_X0 0xd5000000u
#define RET 0xd65f03c0u
#define FIRST_ENCODING (2u << 14)
#define END_ENCODING (4u << 14)

static uint64_t *table_of(uint64_t entry)
{
    return (uint64_t *)(uintptr_t)(entry & ADDRESS_BITS);
}

static void flush_tlb(void)
{
    __asm__ volatile("dsb sy\n\ttlbi vmalle1\n\tdsb sy\n\tisb" : : : "memory");
}

// Break before make (Arm ARM, D8.14.1).
static void make_executable(void)
{
    uint64_t *level1 = table_of(AMP_SYSREG_READ(ttbr0_el1));
    uint64_t *block = &table_of(level1[CODE >> LEVEL1_SHIFT])[CODE >> LEVEL2_SHIFT & 511];
    uint64_t entry = *block & ~NO_EXECUTE;

    *(volatile uint64_t *)block = 0;
    flush_tlb();
    *(volatile uint64_t *)block = entry;
    flush_tlb();
}

// Runs one instruction that has x0 as its operand; answers x0 after it.
static uint64_t execute(uint32_t instruction, uint64_t x0)
{
    volatile uint32_t *code = (volatile uint32_t *)CODE;

    code[0] = instruction;
    code[1] = RET;
    __asm__ volatile("dc cvau, %0\n\tdsb sy\n\tic ivau, %0\n\tdsb sy\n\tisb" : : "r"(code) : "memory");
    return ((uint64_t (*)(uint64_t))CODE)(x0);
}

// What would stop or blind this program itself, and is its own right: interrupt masks and the stack pointer selection.
static bool spare_write(uint32_t encoding)
{
    static const uint16_t own[] = {
        3 << 14 | 3 << 11 | 4 << 7 | 2 << 3 | 1, /* DAIF */
        3 << 14 | 0 << 11 | 4 << 7 | 2 << 3 | 0, /* SPSel */
    };

    for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (encoding == own[i])
            return true;
    }
    return false;
}

int main(void)
{
    uint32_t read = 0, written = 0, undefined = 0;

    amp_printf("misbehave: every system register\n");
    amp_irq_mask();
    make_executable();
    (void)amp_exception_skip(true);
    for (uint32_t encoding = FIRST_ENCODING; encoding < END_ENCODING; encoding++) {
        uint64_t value = execute(MRS_X0 | encoding << 5, 0);
        bool readable = amp_exception_skip(true) == 0;

        read += readable;
        undefined += !readable;
        if (spare_write(encoding))
            continue;
        (void)execute(MSR_X0 | encoding << 5, readable ? value : 0);
        written += amp_exception_skip(true) == 0;
    }
    (void)amp_exception_skip(false);
    amp_printf("misbehave: survived, %u registers read, %u written, %u undefined\n", read, written, undefined);
    for (;;)
        amp_cpu_wait();
}
