// SPDX-License-Identifier: GPL-2.0-only
// Every register of coprocessors 14 and 15, of 32 and of 64 bits, read, and written back with the value read, or with the address
// of a line of RAM where it could not be read (many are maintenance operations). Expected: contained; what is not for the guest is
// undefined to it. The instructions are made at run time.
#include "amp/guest/guest.h"

// The second 2 MiB of RAM, which the library maps as one data block.
#define CODE 0x40200000u
#define LEVEL1_SHIFT 30
#define LEVEL2_SHIFT 21
#define ADDRESS_BITS 0x000000fffffff000ull
#define NO_EXECUTE ((1ull << 53) | (1ull << 54))

// Arm ARM F5.1: MRC and MCR with r0, MRRC and MCRR with r0 and r1
#define MRC 0xee100010u
#define MCR 0xee000010u
#define MRRC 0xec510000u
#define MCRR 0xec410000u
#define BX_LR 0xe12fff1eu

static uint32_t line[16] __attribute__((aligned(64)));
static uint32_t read_count, written_count, undefined_count;

static void flush_tlb(void)
{
    amp_dsb();
    AMP_CP_WRITE("p15, 0, %0, c8, c7, 0", 0); // TLBIALL
    amp_dsb();
    amp_isb();
}

// Break before make (Arm ARM, D8.14.1).
static void make_executable(void)
{
    uint64_t *level1 = (uint64_t *)(uintptr_t)(AMP_CP_READ64("p15, 0, %Q0, %R0, c2") & ADDRESS_BITS); // TTBR0
    uint64_t *level2 = (uint64_t *)(uintptr_t)(level1[CODE >> LEVEL1_SHIFT] & ADDRESS_BITS);
    volatile uint64_t *block = &level2[CODE >> LEVEL2_SHIFT & 511];
    uint64_t entry = *block & ~NO_EXECUTE;

    *block = 0;
    flush_tlb();
    *block = entry;
    flush_tlb();
}

// Runs one instruction that has r0, or r0 and r1, as its operand; answers them after it.
static uint64_t execute(uint32_t instruction, uint64_t operand)
{
    volatile uint32_t *code = (volatile uint32_t *)CODE;

    code[0] = instruction;
    code[1] = BX_LR;
    AMP_CP_WRITE("p15, 0, %0, c7, c11, 1", CODE); // DCCMVAU
    amp_dsb();
    AMP_CP_WRITE("p15, 0, %0, c7, c5, 1", CODE); // ICIMVAU
    AMP_CP_WRITE("p15, 0, %0, c7, c5, 6", 0);    // BPIALL
    amp_dsb();
    amp_isb();
    return ((uint64_t (*)(uint64_t))CODE)(operand);
}

static void try_register(uint32_t read, uint32_t write, uint32_t encoding)
{
    uint64_t value = execute(read | encoding, 0);
    bool readable = amp_exception_skip(true) == 0;

    read_count += readable;
    undefined_count += !readable;
    (void)execute(write | encoding, readable ? value : (uintptr_t)line);
    written_count += amp_exception_skip(true) == 0;
}

int main(void)
{
    amp_printf("misbehave: every coprocessor register\n");
    amp_irq_mask();
    make_executable();
    (void)amp_exception_skip(true);
    for (uint32_t coprocessor = 14; coprocessor <= 15; coprocessor++) {
        for (uint32_t fields = 0; fields < 1u << 14; fields++) // opc1, CRn, opc2, CRm
            try_register(MRC, MCR,
                         coprocessor << 8 | fields >> 11 << 21 | (fields >> 7 & 15) << 16 | (fields >> 4 & 7) << 5 | (fields & 15));
        for (uint32_t fields = 0; fields < 1u << 8; fields++) // opc1, CRm
            try_register(MRRC, MCRR, coprocessor << 8 | fields);
    }
    (void)amp_exception_skip(false);
    amp_printf("misbehave: survived, %u registers read, %u written, %u undefined\n", (unsigned)read_count, (unsigned)written_count,
               (unsigned)undefined_count);
    for (;;)
        amp_cpu_wait();
}
