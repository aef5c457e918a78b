// SPDX-License-Identifier: GPL-2.0-only
// One type per kind of number that must not be mistaken for another: physical, guest-physical and virtual addresses,
// Linux's and the hardware's processor numbers, interrupts; and a range of addresses whose end cannot overflow
// unnoticed.
#pragma once

#include <compare>
#include <cstdint>

namespace amp {

// A number with a meaning. Tag only tells the types apart; there is no implicit conversion in either direction.
template <typename Tag, typename Number>
struct Unit {
    using number_type = Number;
    Number number{};

    constexpr Unit() = default;
    constexpr explicit Unit(Number n) : number(n) {}
    constexpr auto operator<=>(const Unit&) const = default;
};

template <typename Tag>
struct Address : Unit<Tag, std::uint64_t> {
    using Unit<Tag, std::uint64_t>::Unit;

    constexpr Address operator+(std::uint64_t bytes) const { return Address(this->number + bytes); }
    constexpr Address operator-(std::uint64_t bytes) const { return Address(this->number - bytes); }
    constexpr std::uint64_t operator-(Address other) const { return this->number - other.number; }
    // alignment: a power of two
    constexpr bool is_aligned(std::uint64_t alignment) const { return (this->number & (alignment - 1)) == 0; }
    constexpr auto operator<=>(const Address&) const = default;
};

using PhysAddr = Address<struct PhysAddrTag>;
using GuestPhysAddr = Address<struct GuestPhysAddrTag>;
using VirtAddr = Address<struct VirtAddrTag>;

// Linux's number of a processor, against the hardware's: the affinity fields of MPIDR_EL1 on arm64.
using CpuId = Unit<struct CpuIdTag, std::uint32_t>;
using HwCpuId = Unit<struct HwCpuIdTag, std::uint64_t>;
// An INTID of the GIC: SPIs start at 32.
using Irq = Unit<struct IrqTag, std::uint32_t>;

template <typename A>
struct Range {
    A start{};
    std::uint64_t size{};

    constexpr bool empty() const { return size == 0; }
    // The last byte's address would not be a 64-bit number.
    constexpr bool overflows() const { return size != 0 && start.number + (size - 1) < start.number; }
    // Address of the last byte; only where neither empty nor overflowing.
    constexpr A last() const { return start + (size - 1); }
    // One past the last byte; UINT64_MAX stands for an end that a 64-bit number can't hold.
    constexpr A end() const { return start.number + size < start.number ? A(UINT64_MAX) : start + size; }
    constexpr bool contains(A address) const { return address >= start && address - start < size; }
    constexpr bool contains(const Range& other) const {
        return other.start >= start && other.start - start <= size && other.size <= size - (other.start - start);
    }
    constexpr bool overlaps(const Range& other) const {
        return !empty() && !other.empty() && (contains(other.start) || other.contains(start));
    }
    constexpr bool operator==(const Range&) const = default;
};

} // namespace amp
