// SPDX-License-Identifier: GPL-2.0-only
// Operands of cache maintenance by set and way (Arm ARM C5.3, DC CISW). Pure: a guest's is checked here before the monitor uses
// it, because with a line that the core does not have the instruction may be undefined.
#ifndef AMP_MONITOR_ARCH_ARM64_SET_WAY_HPP
#define AMP_MONITOR_ARCH_ARM64_SET_WAY_HPP

#include "hw/reg.hpp"

namespace amp::set_way {

constexpr unsigned level_of(uint64_t operand) { return static_cast<unsigned>(operand >> 1 & 7); } // 0 is L1

// CLIDR_EL1.Ctype<n>: data, separate or unified; not instructions alone.
constexpr bool has_data(uint64_t clidr, unsigned level) {
    const uint64_t type = level < 7 ? clidr >> (3 * level) & 7 : 0;
    return type >= 2 && type <= 4;
}

// CCSIDR_EL1 in its two layouts.
struct Geometry {
    uint64_t ways, sets;
    unsigned line_bits;
};
constexpr Geometry geometry(uint64_t ccsidr, bool ccidx) {
    const auto line_bits = static_cast<unsigned>(ccsidr & 7) + 4;
    return ccidx ? Geometry{Field<23, 3>::in(ccsidr) + 1, Field<55, 32>::in(ccsidr) + 1, line_bits}
                 : Geometry{Field<12, 3>::in(ccsidr) + 1, Field<27, 13>::in(ccsidr) + 1, line_bits};
}

// ceil(log2(count))
constexpr unsigned bits_for(uint64_t count) { return count <= 1 ? 0 : 64 - static_cast<unsigned>(__builtin_clzll(count - 1)); }

struct Line {
    uint64_t operand; // with every reserved bit zero
    bool exists;
};
constexpr Line line(uint64_t operand, const Geometry& cache) {
    const unsigned way_shift = 32 - bits_for(cache.ways);
    const uint64_t low = operand & 0xffffffff;
    const uint64_t way = low >> way_shift, set = (low & ((uint64_t{1} << way_shift) - 1)) >> cache.line_bits;
    return {way << way_shift | set << cache.line_bits | (operand & 0xe), way < cache.ways && set < cache.sets};
}

} // namespace amp::set_way

#endif
