// SPDX-License-Identifier: GPL-2.0-only
// The typed-register kit: a register is a struct that names its fields, a field knows where it lies and refuses values that do
// not fit at compile time. No hardware in here; the same layouts compile on every host.
#ifndef AMP_MONITOR_HW_REG_HPP
#define AMP_MONITOR_HW_REG_HPP

#include <stdint.h>

namespace amp {

// Bits Hi..Lo of a register. Everything is 64 bits wide so that no shift can overflow.
template <unsigned Hi, unsigned Lo = Hi>
struct Field {
    static_assert(Hi < 64 && Lo <= Hi, "a field lies inside 64 bits");

    static constexpr uint64_t low_mask = ~0ull >> (63 - (Hi - Lo));
    static constexpr uint64_t mask = low_mask << Lo;

    static constexpr uint64_t of(uint64_t value) { return (value & low_mask) << Lo; }
    static constexpr uint64_t in(uint64_t reg) { return (reg >> Lo) & low_mask; }
    static constexpr uint64_t replace(uint64_t reg, uint64_t value) { return (reg & ~mask) | of(value); }
};

constexpr uint64_t bit(unsigned n) { return 1ull << n; }

} // namespace amp

#endif
