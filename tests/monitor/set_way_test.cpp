// SPDX-License-Identifier: GPL-2.0-only
#include "arch/arm64/set_way.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace amp;

namespace {

// As its TRM has it: 48 KiB, 3 ways of 256 sets, 64-byte lines; and 4 ways of 128 sets.
constexpr std::uint64_t a72_l1i = 0x201fe012, a53_l1d_32k = 0x700fe01a;
constexpr std::uint64_t clidr_a72 = 0x0a200023; // L1 separate, L2 unified

} // namespace

TEST_CASE("set and way: levels that have data") {
    CHECK(set_way::has_data(clidr_a72, 0));
    CHECK(set_way::has_data(clidr_a72, 1));
    for (unsigned level = 2; level < 8; ++level) {
        CHECK_FALSE(set_way::has_data(clidr_a72, level));
    }
    CHECK_FALSE(set_way::has_data(1, 0)); // instructions alone
    CHECK_FALSE(set_way::has_data(5, 0)); // reserved
    CHECK_FALSE(set_way::has_data(~0ull, 7));
}

TEST_CASE("set and way: geometry in both layouts") {
    const set_way::Geometry old = set_way::geometry(a53_l1d_32k, false);
    CHECK((old.ways == 4 && old.sets == 128 && old.line_bits == 6));
    const set_way::Geometry wide = set_way::geometry(0x3ffull << 32 | 15 << 3 | 2, true);
    CHECK((wide.ways == 16 && wide.sets == 1024 && wide.line_bits == 6));
}

TEST_CASE("set and way: each line that there is passes once, nothing else does") {
    const set_way::Geometry cache = set_way::geometry(a72_l1i, false);
    REQUIRE((cache.ways == 3 && cache.sets == 256));
    std::set<std::uint64_t> lines;
    // Ways in bits 31:30, sets above bit 6; every value of those fields, with something in the bits that are reserved
    for (std::uint64_t way = 0; way < 4; ++way) {
        for (std::uint64_t set = 0; set < 1ull << 24; set += set < 512 ? 1 : 4093) {
            const std::uint64_t operand = 0xdead'0000'0000'0031 | way << 30 | set << 6;
            const set_way::Line line = set_way::line(operand, cache);
            REQUIRE(line.exists == (way < 3 && set < 256));
            if (line.exists) {
                REQUIRE(line.operand == (way << 30 | set << 6));
                lines.insert(line.operand);
            }
        }
    }
    CHECK(lines.size() == 3 * 256);
}

TEST_CASE("set and way: a direct-mapped cache and the largest ones") {
    const set_way::Geometry direct{1, 1, 6};
    CHECK(set_way::line(0, direct).exists);
    CHECK(set_way::line(4, direct).operand == 4);
    CHECK_FALSE(set_way::line(1u << 6, direct).exists);
    CHECK_FALSE(set_way::line(1u << 31, direct).exists);
    for (const bool ccidx : {false, true}) {
        const set_way::Geometry largest = set_way::geometry(~0ull, ccidx);
        CHECK(set_way::line(0, largest).exists);
        (void)set_way::line(~0ull, largest); // no shift overflows
    }
}
