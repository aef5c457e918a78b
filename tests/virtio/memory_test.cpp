// SPDX-License-Identifier: GPL-2.0-only
// From guest-physical addresses to pointers: at borders, across regions, beyond 2^64; and the mapping of a real descriptor.
#include "amp/virtio/memory.hpp"

#include <algorithm>

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "amp/virtio/chain.hpp"

using namespace amp::virtio;

namespace {

alignas(16) std::byte low[64];
alignas(16) std::byte high[32];
alignas(16) std::byte behind[16]; // touches the one before it in the guest, not here

GuestMemory three_regions() {
    const MemoryRegion regions[] = {
        {0x2000, sizeof(high), high}, {0x1000, sizeof(low), low}, {0x2020, sizeof(behind), behind}};
    return GuestMemory::over(regions).value();
}

} // namespace

TEST_CASE("an address is good only where all its bytes are memory") {
    const GuestMemory memory = three_regions();
    CHECK(memory.at(0x1000, 1) == low);
    CHECK(memory.at(0x1000, 64) == low);
    CHECK(memory.at(0x103f, 1) == low + 63);
    CHECK(memory.at(0x0fff, 1) == nullptr);
    CHECK(memory.at(0x0fff, 2) == nullptr);
    CHECK(memory.at(0x1000, 65) == nullptr);
    CHECK(memory.at(0x1040, 1) == nullptr);
    CHECK(memory.at(0x103f, 2) == nullptr);
    CHECK(memory.at(0x1000, 0) == nullptr);
    CHECK(memory.at(0, 1) == nullptr);
    CHECK(memory.at(0x1000, UINT64_MAX) == nullptr);
    CHECK(memory.at(0x1001, UINT64_MAX) == nullptr);
    CHECK(memory.at(UINT64_MAX, 1) == nullptr);
    CHECK(memory.at(UINT64_MAX, UINT64_MAX) == nullptr);
}

TEST_CASE("what lies in two regions is gathered in pieces, or not at all") {
    const GuestMemory memory = three_regions();
    CHECK(memory.at(0x201f, 2) == nullptr); // not one piece
    std::vector<iovec> pieces;
    REQUIRE(memory.gather(0x201e, 4, pieces));
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0].iov_base == high + 30);
    CHECK(pieces[0].iov_len == 2);
    CHECK(pieces[1].iov_base == behind);
    CHECK(pieces[1].iov_len == 2);
    CHECK_FALSE(memory.gather(0x201e, 2 + 16 + 1, pieces));
    CHECK(pieces.size() == 2);
    CHECK_FALSE(memory.gather(0x1010, UINT64_MAX, pieces));
    CHECK_FALSE(memory.gather(UINT64_MAX, 2, pieces));
    CHECK(memory.gather(0xdead0000, 0, pieces)); // nothing is nowhere
    CHECK(pieces.size() == 2);
}

TEST_CASE("regions that make no sense are refused") {
    const auto refused = [](std::initializer_list<MemoryRegion> regions) {
        return !GuestMemory::over(std::span(regions.begin(), regions.size()));
    };
    CHECK(refused({{0x1000, 0, low}}));
    CHECK(refused({{0x1000, 64, low}, {0x1030, 32, high}}));
    CHECK(refused({{UINT64_MAX - 15, 32, high}}));
    CHECK(refused({{0x1008, 32, high}})); // aligned there, not here
    CHECK_FALSE(refused({{0x1000, 64, low}, {0x1040, 32, high}}));
}

TEST_CASE("ranges of a descriptor are mapped at their addresses, touching ones side by side") {
    const int file = memfd_create("memory", 0);
    REQUIRE(ftruncate(file, 0x8000) == 0);
    const MemoryRange ranges[] = {{0x5000, 0x1000}, {0x1000, 0x1000}, {0x2000, 0x2000}};
    auto mapped = GuestMemory::map(file, ranges);
    REQUIRE(mapped);
    const GuestMemory memory = std::move(mapped).value();
    REQUIRE(memory.regions().size() == 2);
    CHECK(memory.regions()[0].size == 0x3000);
    std::byte* across = memory.at(0x1ffe, 4);
    REQUIRE(across != nullptr);
    std::fill_n(across, 4, std::byte{0x5a});
    CHECK(memory.at(0x0fff, 2) == nullptr);
    CHECK(memory.at(0x3fff, 2) == nullptr);
    REQUIRE(memory.at(0x5000, 0x1000) != nullptr);
    std::byte seen[6];
    REQUIRE(pread(file, seen, 6, 0x1ffd) == 6);
    CHECK(seen[0] == std::byte{0});
    CHECK(seen[1] == std::byte{0x5a});
    CHECK(seen[4] == std::byte{0x5a});
    CHECK(seen[5] == std::byte{0});
    close(file);
}

TEST_CASE("ranges that can't be mapped are named") {
    const auto error = [](MemoryRange a, MemoryRange b) {
        const MemoryRange ranges[] = {a, b};
        auto mapped = GuestMemory::map(-1, ranges);
        return mapped ? std::string() : mapped.error();
    };
    using Catch::Contains;
    CHECK_THAT(error({0x1000, 0x1000}, {0x1800, 0x1000}), Contains("0x1800") && Contains("multiples of 4096"));
    CHECK_THAT(error({0x1000, 0x2000}, {0x2000, 0x1000}), Contains("0x2000") && Contains("overlaps"));
    CHECK_THAT(error({0x1000, 0}, {0x2000, 0x1000}), Contains("0x1000") && Contains("the size not 0"));
    CHECK_THAT(error({0x1000, 0x1000}, {0xfffffffffffff000, 0x2000}), Contains("beyond 2^64"));
    CHECK_THAT(error({0x1000, 0x1000}, {0x4000, 0x1000}), Contains("mmap: Bad file descriptor"));
}

TEST_CASE("pieces are copied and cut whatever their borders are") {
    std::byte data[10];
    for (unsigned i = 0; i < 10; i++) {
        data[i] = std::byte(i);
    }
    const iovec pieces[] = {{data, 3}, {data + 3, 1}, {data + 4, 6}};
    std::byte out[12] = {};
    CHECK(copy_from(pieces, 2, std::span(out, 4)) == 4);
    CHECK((out[0] == std::byte{2} && out[1] == std::byte{3} && out[3] == std::byte{5}));
    CHECK(copy_from(pieces, 8, out) == 2);
    CHECK(copy_from(pieces, 10, out) == 0);
    CHECK(copy_from(pieces, UINT64_MAX, out) == 0);
    CHECK(copy_to(pieces, 2, std::as_bytes(std::span("xyz", 3))) == 3);
    CHECK((data[2] == std::byte{'x'} && data[3] == std::byte{'y'} && data[4] == std::byte{'z'} && data[5] == std::byte{5}));
    std::vector<iovec> cut;
    CHECK(slice(pieces, 1, 4, cut) == 4);
    REQUIRE(cut.size() == 3);
    CHECK((cut[0].iov_base == data + 1 && cut[0].iov_len == 2 && cut[1].iov_len == 1 && cut[2].iov_len == 1));
    cut.clear();
    CHECK(slice(pieces, 9, 100, cut) == 1);
}
