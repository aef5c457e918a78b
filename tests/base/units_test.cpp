// SPDX-License-Identifier: GPL-2.0-only
#include "amp/base/units.hpp"

#include <catch2/catch.hpp>
#include <type_traits>

#include "amp/base/bits.hpp"

using amp::GuestPhysAddr;
using amp::PhysAddr;
using Range = amp::Range<GuestPhysAddr>;

static_assert(!std::is_convertible_v<PhysAddr, GuestPhysAddr>);
static_assert(!std::is_convertible_v<std::uint64_t, PhysAddr>);
static_assert(!std::is_convertible_v<amp::CpuId, amp::HwCpuId>);

TEST_CASE("ranges know their overlaps") {
    const Range range{GuestPhysAddr(0x1000), 0x1000};
    CHECK(range.last() == GuestPhysAddr(0x1fff));
    CHECK(range.contains(GuestPhysAddr(0x1fff)));
    CHECK_FALSE(range.contains(GuestPhysAddr(0x2000)));
    CHECK(range.contains(Range{GuestPhysAddr(0x1800), 0x800}));
    CHECK_FALSE(range.contains(Range{GuestPhysAddr(0x1800), 0x801}));
    CHECK(range.overlaps({GuestPhysAddr(0x1fff), 1}));
    CHECK_FALSE(range.overlaps({GuestPhysAddr(0x2000), 0x1000}));
    CHECK_FALSE(range.overlaps({GuestPhysAddr(0x1800), 0}));
    CHECK(range.overlaps({GuestPhysAddr(0), 0x10000}));
}

TEST_CASE("ends beyond 64 bits are noticed") {
    const Range high{GuestPhysAddr(UINT64_MAX - 0xfff), 0x1000};
    CHECK_FALSE(high.overflows());
    CHECK(high.end() == GuestPhysAddr(UINT64_MAX));
    const Range wrapped{GuestPhysAddr(UINT64_MAX - 0xfff), 0x1001};
    CHECK(wrapped.overflows());
    CHECK_FALSE(Range{GuestPhysAddr(0), 0x1000}.contains(wrapped));
}

TEST_CASE("alignment") {
    CHECK(amp::align_up(0x1001, 0x1000) == 0x2000);
    CHECK(amp::align_up(0x1000, 0x1000) == 0x1000);
    CHECK(amp::align_down(0x1fff, 0x1000) == 0x1000);
    CHECK(amp::is_power_of_two(0x1000));
    CHECK_FALSE(amp::is_power_of_two(0));
    CHECK_FALSE(amp::is_power_of_two(0x1800));
}
