// SPDX-License-Identifier: GPL-2.0-only
// Cleans and invalidates caches by set and way, which would reach everybody's lines. Expected: contained.
#include "amp/guest/guest.h"

// Operand of DC ISW, CSW, CISW for a level (Arm ARM, DC ISW): way from bit 31 down, set above the line offset, level at bit 1.
static uint64_t operand(uint64_t level, uint64_t way, uint64_t way_bits, uint64_t set, uint64_t line_bits)
{
    return (way_bits != 0 ? way << (32 - way_bits) : 0) | set << line_bits | level << 1;
}

static uint64_t bits_for(uint64_t count)
{
    uint64_t bits = 0;

    while (1ull << bits < count)
        bits++;
    return bits;
}

static uint32_t all_of_level(uint64_t level)
{
    uint64_t ccsidr, sets, ways, line_bits;
    uint32_t count = 0;

    AMP_SYSREG_WRITE(csselr_el1, level << 1);
    amp_isb();
    ccsidr = AMP_SYSREG_READ(ccsidr_el1);
    sets = (ccsidr >> 13 & 0x7fff) + 1;
    ways = (ccsidr >> 3 & 0x3ff) + 1;
    line_bits = (ccsidr & 7) + 4;
    for (uint64_t set = 0; set < sets; set++) {
        for (uint64_t way = 0; way < ways; way++, count++) {
            uint64_t value = operand(level, way, bits_for(ways), set, line_bits);

            __asm__ volatile("dc csw, %0\n\tdc cisw, %0" : : "r"(value) : "memory");
        }
    }
    return count;
}

int main(void)
{
    uint64_t clidr = AMP_SYSREG_READ(clidr_el1);
    uint32_t count = 0;

    amp_printf("misbehave: cache maintenance by set and way, clidr 0x%lx\n", clidr);
    (void)amp_exception_skip(true);
    for (uint64_t level = 0; level < 7 && (clidr >> level * 3 & 7) != 0; level++)
        count += all_of_level(level);
    // Invalidation alone, where it hurts most: what the caches hold would be lost.
    for (uint64_t line = 0; line < 64; line++)
        __asm__ volatile("dc isw, %0" : : "r"(line << 6) : "memory");
    // Levels, sets and ways that there are not: with those the instruction may be undefined, which would be the monitor's.
    for (uint64_t bit = 0; bit < 64; bit++)
        __asm__ volatile("dc csw, %0\n\tdc cisw, %1" : : "r"(1ull << bit), "r"(~0ull << bit) : "memory");
    amp_printf("misbehave: survived, %u lines\n", count);
    for (;;)
        amp_cpu_wait();
}
