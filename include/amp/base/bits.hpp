// SPDX-License-Identifier: GPL-2.0-only
// Arithmetic on powers of two, shared by the partitioner and freestanding code.
#pragma once

#include <cstdint>

namespace amp {

constexpr bool is_power_of_two(std::uint64_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}
// alignment: a power of two. The result of align_up wraps to 0 beyond the last multiple.
constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t alignment) {
    return value & ~(alignment - 1);
}
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
    return align_down(value + (alignment - 1), alignment);
}
constexpr bool is_aligned(std::uint64_t value, std::uint64_t alignment) {
    return (value & (alignment - 1)) == 0;
}

} // namespace amp
