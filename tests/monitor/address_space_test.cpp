// SPDX-License-Identifier: GPL-2.0-only
// Tables are checked by walking them as hardware would, entry by entry, and comparing with a plain map of pages.
#include "core/address_space.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>
#include <vector>

#include "arch/arm64/stage1_pte.hpp"
#include "arch/arm64/stage2_pte.hpp"

using namespace amp;

namespace {

struct alignas(4096) Page {
    std::uint64_t entries[512];
};

class Pool {
public:
    explicit Pool(std::size_t count) : pages(std::make_unique<Page[]>(count)) {
        for (std::size_t i = 0; i < count; ++i) {
            std::fill(std::begin(pages[i].entries), std::end(pages[i].entries), 0xa5a5a5a5a5a5a5a5); // the pool clears
        }
        const auto start = reinterpret_cast<std::uintptr_t>(pages.get());
        pool.init(start, start + count * sizeof(Page));
    }
    std::unique_ptr<Page[]> pages;
    PagePool pool;
};

struct Translation {
    bool mapped;
    std::uint64_t output;
    std::uint64_t entry;
    unsigned level;
};

// Arm ARM D8.3, 4 KiB granule, level by level; independent of the code under test but for the fields of an entry.
Translation walk(std::uint64_t root, unsigned first_level, std::uint64_t address) {
    std::uint64_t table = root;
    for (unsigned level = first_level;; ++level) {
        const unsigned shift = 39 - 9 * level;
        const std::uint64_t entry = reinterpret_cast<const std::uint64_t*>(table)[(address >> shift) & 511];
        const std::uint64_t output = entry & 0x0000fffffffff000;
        if ((entry & 1) == 0) {
            return {false, 0, entry, level};
        }
        const bool table_or_page = (entry & 2) != 0;
        if (level == 3) {
            return {table_or_page, output | (address & 0xfff), entry, level};
        }
        if (!table_or_page) {
            const std::uint64_t mask = (1ull << shift) - 1;
            // No blocks of 512 GiB, none unaligned.
            const bool good = level >= 1 && (output & mask) == 0;
            return {good, output | (address & mask), entry, level};
        }
        table = output;
    }
}

constexpr std::uint32_t r = AMP_ACCESS_READ, w = AMP_ACCESS_WRITE, x = AMP_ACCESS_EXECUTE;
constexpr std::uint64_t mib = 1 << 20, gib = 1 << 30;

struct Guest {
    explicit Guest(std::size_t pages = 64) : memory(pages) { REQUIRE(table.init(memory.pool)); }
    std::uint32_t map(std::uint64_t gpa, std::uint64_t pa, std::uint64_t size, std::uint32_t access = r | w | x, bool device = false) {
        return table.map(memory.pool, gpa, pa, size, {access, device});
    }
    Translation at(std::uint64_t gpa) const { return walk(table.root(), 1, gpa); }
    Pool memory;
    PageTable<Stage2Format> table;
};

} // namespace

TEST_CASE("stage 2: blocks where all three are aligned, pages elsewhere") {
    Guest guest;
    REQUIRE(guest.map(0x40000000, 0x80000000, 2 * gib + 4 * mib + 0x3000) == AMP_STATUS_OK);
    CHECK(guest.at(0x40000000).level == 1);
    CHECK(guest.at(0x40000000 + 2 * gib).level == 2);
    CHECK(guest.at(0x40000000 + 2 * gib + 4 * mib).level == 3);
    CHECK(guest.at(0x40000000 + 2 * gib + 4 * mib + 0x2fff).output == 0x80000000 + 2 * gib + 4 * mib + 0x2fff);
    CHECK_FALSE(guest.at(0x40000000 + 2 * gib + 4 * mib + 0x3000).mapped);
    CHECK_FALSE(guest.at(0x3fffffff).mapped);
    CHECK(guest.memory.pool.used_pages() == 3);

    // Congruent modulo 4 KiB only: pages, however large.
    REQUIRE(guest.map(0x10000000, 0x20001000, 2 * mib) == AMP_STATUS_OK);
    CHECK(guest.at(0x10000000).level == 3);
    CHECK(guest.at(0x101fffff).output == 0x20200fff);
}

TEST_CASE("stage 2: rights and memory types") {
    Guest guest;
    REQUIRE(guest.map(0x1000, 0x1000, 0x1000, r | w | x) == AMP_STATUS_OK);
    REQUIRE(guest.map(0x2000, 0x2000, 0x1000, r) == AMP_STATUS_OK);
    REQUIRE(guest.map(0x3000, 0x3000, 0x1000, r | w) == AMP_STATUS_OK);
    REQUIRE(guest.map(0x4000, 0x4000, 0x1000, r | w | x, true) == AMP_STATUS_OK);
    REQUIRE(guest.map(0x5000, 0x5000, 0x1000, x) == AMP_STATUS_OK);
    const auto s2ap = [&](std::uint64_t gpa) { return (guest.at(gpa).entry >> 6) & 3; };
    const auto executable = [&](std::uint64_t gpa) { return ((guest.at(gpa).entry >> 53) & 3) == 0; };
    const auto memattr = [&](std::uint64_t gpa) { return (guest.at(gpa).entry >> 2) & 15; };
    CHECK(s2ap(0x1000) == 3);
    CHECK(s2ap(0x2000) == 1);
    CHECK(s2ap(0x3000) == 3);
    CHECK(s2ap(0x5000) == 0);
    CHECK(executable(0x1000));
    CHECK_FALSE(executable(0x2000));
    CHECK_FALSE(executable(0x3000));
    CHECK_FALSE(executable(0x4000)); // a device is never executed, whatever was asked
    CHECK(executable(0x5000));
    CHECK(memattr(0x1000) == 15);
    CHECK(memattr(0x4000) == 1);
    for (std::uint64_t gpa = 0x1000; gpa <= 0x5000; gpa += 0x1000) {
        CHECK((guest.at(gpa).entry & (1u << 10)) != 0); // access flag: no fault for it
    }
}

TEST_CASE("stage 2: the last page of the address range") {
    Guest guest;
    REQUIRE(guest.map(AMP_GPA_LIMIT - 0x1000, 0xffff'ffff'f000, 0x1000) == AMP_STATUS_OK);
    CHECK(guest.at(AMP_GPA_LIMIT - 1).output == 0xffff'ffff'ffff);
}

TEST_CASE("what is mapped is not mapped again") {
    Guest guest;
    REQUIRE(guest.map(0x40000000, 0x40000000, 4 * mib) == AMP_STATUS_OK);
    CHECK(guest.map(0x40000000, 0x80000000, 4 * mib) == AMP_STATUS_REGION_OVERLAP);
    CHECK(guest.map(0x40001000, 0x80000000, 0x1000) == AMP_STATUS_REGION_OVERLAP); // inside a block
    CHECK(guest.map(0x403ff000, 0x80000000, 0x2000) == AMP_STATUS_REGION_OVERLAP);
    REQUIRE(guest.map(0x50001000, 0x50001000, 0x1000) == AMP_STATUS_OK);
    CHECK(guest.map(0x50000000, 0x80000000, 2 * mib) == AMP_STATUS_REGION_OVERLAP); // a block over a page
    CHECK(guest.map(0x50001000, 0x80001000, 0x1000) == AMP_STATUS_REGION_OVERLAP);
}

TEST_CASE("a pool that runs out says so") {
    Guest guest(3);
    CHECK(guest.map(0x1000, 0x1000, 0x1000) == AMP_STATUS_OK);
    CHECK(guest.map(0x200000, 0x201000, 0x1000) == AMP_STATUS_OUT_OF_MEMORY);
    Pool empty(1);
    empty.pool.take();
    PageTable<Stage2Format> table;
    CHECK_FALSE(table.init(empty.pool));
}

TEST_CASE("fragmented memory: the walk agrees with a plain map") {
    std::mt19937 random(1);
    const auto below = [&](std::uint64_t limit) { return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random); };
    for (unsigned round = 0; round < 20; ++round) {
        Guest guest(400);
        std::map<std::uint64_t, std::uint64_t> expected;
        std::uint64_t gpa = 0x40000000;
        for (unsigned i = 0; i < 60; ++i) {
            const bool large = below(3) == 0;
            const std::uint64_t unit = large ? 2 * mib : 0x1000;
            gpa = (gpa + unit - 1) & ~(unit - 1);
            gpa += below(4) == 0 ? unit : 0; // holes
            const std::uint64_t pa = (0x80000000 + below(16 * gib)) & ~(unit - 1), size = unit * (1 + below(4));
            REQUIRE(guest.map(gpa, pa, size) == AMP_STATUS_OK);
            for (std::uint64_t page = 0; page < size; page += 0x1000) {
                expected[gpa + page] = pa + page;
            }
            gpa += size;
        }
        unsigned wrong = 0;
        for (std::uint64_t page = 0x3ffff000; page < gpa + 4 * mib; page += 0x1000) {
            const Translation found = guest.at(page);
            const auto wanted = expected.find(page);
            wrong += found.mapped != (wanted != expected.end()) || (found.mapped && found.output != wanted->second);
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("stage 1: identity, nothing writable and executable, guard pages and guest memory absent") {
    Pool memory(64);
    PageTable<Stage1Format> table;
    REQUIRE(table.init(memory.pool));
    const Section sections[] = {
        {0x42001000, 0x4200d000, r | x}, {0x4200d000, 0x4200e000, r}, {0x4200e000, 0x42010000, r | w}, {0x42011000, 0x42013000, r | w}};
    amp_boot_info boot{};
    std::uint64_t next = 0x43000000;
    for (amp_area* area : {&boot.mailbox, &boot.stats, &boot.exit_record, &boot.log, &boot.slots, &boot.console_out, &boot.console_in,
                           &boot.descriptor, &boot.extents}) {
        *area = {next, 0x40}; // part of a page: the page is mapped
        next += 0x1000;
    }
    boot.gic_version = 2;
    boot.gicd = {0x08000000, 0x1000};
    boot.gicc = {0x08010000, 0x2000};
    boot.gich = {0x08030000, 0x1000};
    boot.gicv = {0x08040000, 0x2000};
    boot.gicr = {0x080a0000, 0x20000};
    REQUIRE(map_monitor(table, memory.pool, sections, 4, boot) == AMP_STATUS_OK);

    const auto at = [&](std::uint64_t va) { return walk(table.root(), 0, va); };
    const auto writable = [&](std::uint64_t va) { return (at(va).entry & (1u << 7)) == 0; };
    const auto executable = [&](std::uint64_t va) { return (at(va).entry & (1ull << 54)) == 0; };
    const auto device = [&](std::uint64_t va) { return ((at(va).entry >> 2) & 7) == 1; };
    unsigned mapped = 0;
    const std::pair<std::uint64_t, std::uint64_t> ranges[] = {{0x07fff000, 0x080d0000}, {0x42000000, 0x42020000}, {0x42fff000, 0x43010000}};
    for (const auto& [start, end] : ranges) {
        for (std::uint64_t va = start; va < end; va += 0x1000) {
            const Translation found = at(va);
            if (found.mapped) {
                ++mapped;
                CHECK(found.output == va);
                CHECK_FALSE((writable(va) && executable(va)));
                CHECK_FALSE((device(va) && executable(va)));
            }
        }
    }
    CHECK(mapped == 12 + 1 + 2 + 2 + 9 + 4);
    CHECK(executable(0x42001000));
    CHECK_FALSE(writable(0x42001000));
    CHECK_FALSE(writable(0x4200d000));
    CHECK(writable(0x42011000));
    CHECK_FALSE(at(0x42010000).mapped); // guard
    CHECK_FALSE(at(0x08040000).mapped); // the guest's
    CHECK_FALSE(at(0x080a0000).mapped); // GICv3's
    CHECK(device(0x08000000));
    CHECK(writable(boot.mailbox.pa));
    CHECK_FALSE(writable(boot.descriptor.pa));
    CHECK_FALSE(writable(boot.extents.pa));
    CHECK_FALSE(device(boot.mailbox.pa));

    boot.stats = boot.mailbox; // two structures in one page
    Pool again(64);
    PageTable<Stage1Format> second;
    REQUIRE(second.init(again.pool));
    CHECK(map_monitor(second, again.pool, sections, 4, boot) == AMP_STATUS_REGION_OVERLAP);
}

TEST_CASE("stage 1 never makes a page writable and executable, even when asked to") {
    const std::uint64_t entry = Stage1Format::leaf(3, 0x1000, {r | w | x, false});
    CHECK((entry & (1u << 7)) == 0);
    CHECK((entry & (1ull << 54)) != 0);
}

TEST_CASE("the guest's map: extents, and for GICv2 the virtual CPU interface") {
    const amp_extent extents[] = {{0x40000000, 0x90000000, 2 * mib, r | w | x, 0}, {0x50000000, 0x91000000, 0x1000, r | w, 1}};
    amp_boot_info boot{};
    boot.extent_count = 2;
    boot.gicv = {0x08040000, 0x2000};
    amp_partition partition{};
    partition.gicc_gpa = 0x08010000;
    for (const std::uint32_t version : {2u, 3u}) {
        boot.gic_version = version;
        Guest guest;
        REQUIRE(map_guest(guest.table, guest.memory.pool, extents, boot, partition) == AMP_STATUS_OK);
        CHECK(guest.at(0x401fffff).output == 0x901fffff);
        CHECK(guest.at(0x50000000).mapped);
        CHECK(guest.at(0x08010000).mapped == (version == 2));
        CHECK(guest.at(0x08011000).output == (version == 2 ? 0x08041000u : 0u));
        CHECK_FALSE(guest.at(0x08012000).mapped);
        CHECK_FALSE(guest.at(0x08000000).mapped);
    }
}
