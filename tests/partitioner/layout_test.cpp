// SPDX-License-Identifier: GPL-2.0-only
#include "layout.hpp"

#include <catch2/catch.hpp>

#include "support/elf_builder.hpp"

using namespace amp;
using namespace amp::test;

namespace {

constexpr std::uint64_t ram = 0x40000000;
constexpr std::uint64_t mib = 1u << 20;

PartitionSpec with_memory(std::vector<GuestRange> ranges) {
    PartitionSpec partition;
    for (const auto& range : ranges) {
        partition.memory.push_back({range, {}});
    }
    return partition;
}

ChannelSpec channel(std::uint64_t size, std::optional<std::uint64_t> address = {}) {
    ChannelSpec spec;
    spec.size = Located<std::uint64_t>{size, {}};
    if (address) {
        spec.address = Located<std::uint64_t>{*address, {}};
    }
    return spec;
}

GuestRange range(std::uint64_t start, std::uint64_t size) {
    return {GuestPhysAddr(start), size};
}

} // namespace

TEST_CASE("channels follow each other and avoid those with a fixed place") {
    PartitionSpec partition;
    partition.channels = {channel(0x10000), channel(0x3000, 0x0c021000), channel(0x2000), channel(0x10000)};
    const auto places = place_channels(partition);
    CHECK(places[0] == range(0x0c010000, 0x10000));
    CHECK(places[1] == range(0x0c021000, 0x3000));
    CHECK(places[2] == range(0x0c024000, 0x2000));
    CHECK(places[3] == range(0x0c026000, 0x10000));
}

TEST_CASE("a window that is full leaves the channel without a place") {
    PartitionSpec partition;
    partition.channels = {channel(0x01ff0000), channel(0x1000)};
    const auto places = place_channels(partition);
    CHECK(places[0] == range(0x0c010000, 0x01ff0000));
    CHECK_FALSE(places[1]);
}

TEST_CASE("sizes without bounds end the search for a place") {
    PartitionSpec partition;
    partition.channels = {channel(0x1000, 0x0c010000), channel(UINT64_MAX), channel(UINT64_MAX - 0xfff, 0x1000),
                          channel(0x1000)};
    const auto places = place_channels(partition);
    CHECK_FALSE(places[1]);
    CHECK_FALSE(places[3]);
}

TEST_CASE("neighbouring memory counts as one") {
    const auto joined = joined_memory(with_memory({range(ram + mib, mib), range(ram, mib), range(ram + 4 * mib, mib)}));
    CHECK(joined == std::vector<GuestRange>{range(ram, 2 * mib), range(ram + 4 * mib, mib)});
}

TEST_CASE("an ELF file stays where it is linked to") {
    const auto image = parse_image(make_elf());
    const auto placed = place_image(*image, with_memory({range(ram, mib)}));
    REQUIRE(placed);
    CHECK(placed->segments.at(0).gpa == GuestPhysAddr(ram));
    CHECK(placed->entry == GuestPhysAddr(ram));
}

TEST_CASE("a position-independent ELF file goes to the start of memory") {
    const auto image =
        parse_image(make_elf({.type = 3, .entry = 0x10, .segments = {{.address = 0}, {.address = 0x4000}}}));
    const auto placed = place_image(*image, with_memory({range(ram, mib)}));
    REQUIRE(placed);
    CHECK(placed->segments.at(1).gpa == GuestPhysAddr(ram + 0x4000));
    CHECK(placed->entry == GuestPhysAddr(ram + 0x10));
}

TEST_CASE("32-bit code begins in Arm state") {
    const auto image = parse_image(make_elf({.machine = 40, .elf_class = 1, .entry = ram + 0x11}));
    const auto placed = place_image(*image, with_memory({range(ram, mib)}));
    CHECK(placed.error().message.find("Thumb") != std::string::npos);
}

TEST_CASE("an arm64 Image goes to a 2 MiB boundary plus text_offset") {
    const auto image = parse_image(make_linux_image(4096, mib, 0x80000));
    const auto placed = place_image(*image, with_memory({range(ram + mib, 8 * mib)}));
    REQUIRE(placed);
    CHECK(placed->entry == GuestPhysAddr(ram + 2 * mib + 0x80000));
}

TEST_CASE("raw bytes go where the description says") {
    auto partition = with_memory({range(ram, mib)});
    const auto image = parse_image(Bytes(0x1000, 1));
    CHECK(place_image(*image, partition)->entry == GuestPhysAddr(ram));
    partition.load_address = Located<std::uint64_t>{ram + 0x2000, {}};
    partition.entry = Located<std::uint64_t>{ram + 0x2004, {}};
    const auto placed = place_image(*image, partition);
    REQUIRE(placed);
    CHECK(placed->segments.at(0).gpa == GuestPhysAddr(ram + 0x2000));
    CHECK(placed->entry == GuestPhysAddr(ram + 0x2004));
    partition.load_address->value = UINT64_MAX - 0x7ff;
    CHECK(place_image(*image, partition).error().rule == "image.too-big");
}

TEST_CASE("a zImage lies beyond 32 MiB and beyond what it unpacks, and nothing else below") {
    const auto image = parse_image(make_zimage(0x400000, 0x1800000));
    auto placed = place_image(*image, with_memory({range(ram, 1024 * mib)}));
    REQUIRE(placed);
    CHECK(placed->aarch32);
    CHECK(placed->entry == GuestPhysAddr(ram + 32 * mib));
    const auto dtb = place_high(with_memory({range(ram, 1024 * mib)}), *placed, 0x3000);
    CHECK(dtb == range(ram + 512 * mib - 0x3000, 0x3000)); // within the kernel's linear mapping

    const auto large = parse_image(make_zimage(0x400000, 40 * mib));
    CHECK(place_image(*large, with_memory({range(ram, 1024 * mib)}))->entry == GuestPhysAddr(ram + 44 * mib));
}

TEST_CASE("in little memory a zImage moves itself out of the way, and device tree and initrd stay clear of that") {
    const auto image = parse_image(make_zimage(0x400000, 12 * mib));
    const auto partition = with_memory({range(ram, 24 * mib)});
    auto placed = place_image(*image, partition);
    REQUIRE(placed);
    CHECK(placed->entry == GuestPhysAddr(ram + 0x8000));
    const auto initrd = place_high(partition, *placed, 2 * mib);
    REQUIRE(initrd);
    CHECK(initrd->start.number >= ram + (4 + 12 + 4 + 1) * mib);
    CHECK_FALSE(place_high(partition, *placed, 2 * mib));
    CHECK(place_image(*image, with_memory({range(ram, 20 * mib)})).error().rule == "image.too-big");
    CHECK(place_image(*image, with_memory({range(0xff000000, 64 * mib)})).error().rule == "image.aarch32");
}

TEST_CASE("a zImage can be put anywhere in the first 128 MiB but 32 KiB") {
    const auto image = parse_image(make_zimage(0x400000, 12 * mib));
    auto partition = with_memory({range(ram, 512 * mib)});
    for (const std::uint64_t good : {ram + 0x8000, ram + 64 * mib, ram + 127 * mib}) {
        partition.load_address = Located<std::uint64_t>{good, {}};
        CHECK(place_image(*image, partition)->entry == GuestPhysAddr(good));
    }
    for (const std::uint64_t bad : {ram, ram + 0x8002, ram + 128 * mib, std::uint64_t{0}}) {
        partition.load_address = Located<std::uint64_t>{bad, {}};
        CHECK(place_image(*image, partition).error().rule == "image.load-address");
    }
}

TEST_CASE("32-bit code and what comes with it stay below 4 GiB") {
    constexpr std::uint64_t four_gib = std::uint64_t{4} << 30;
    const auto image = parse_image(make_elf({.machine = 40, .elf_class = 1}));
    const auto partition = with_memory({range(ram, mib), range(four_gib - mib, 2 * mib)});
    auto placed = place_image(*image, partition);
    REQUIRE(placed);
    REQUIRE(place_high(partition, *placed, mib - 0x1000)); // fills the first region
    CHECK(place_high(partition, *placed, 0x1000) == range(four_gib - 0x1000, 0x1000));
    auto raw = with_memory({range(four_gib, mib)});
    CHECK(place_image(*parse_image(Bytes(0x1000, 1)), raw)->aarch32 == false);
    raw.aarch32 = Place();
    CHECK(place_image(*parse_image(Bytes(0x1000, 1)), raw).error().rule == "image.aarch32");
    raw = with_memory({range(ram, mib)});
    raw.aarch32 = Place();
    CHECK(place_image(*parse_image(Bytes(0x1000, 1)), raw)->aarch32);
    CHECK(place_image(*parse_image(make_elf()), raw).error().rule == "image.aarch32");
}

TEST_CASE("the highest free place near the image is taken, then others") {
    const auto partition = with_memory({range(ram, mib), range(ram + 4 * mib, mib)});
    PlacedImage image;
    image.entry = GuestPhysAddr(ram);
    image.used = {range(ram, 0x1000), range(ram + mib - 0x4000, 0x1000)};
    CHECK(place_high(partition, image, 0x3000) == range(ram + mib - 0x3000, 0x3000));
    CHECK(place_high(partition, image, 0x3001) == range(ram + mib - 0x8000, 0x3001));
    CHECK(place_high(partition, image, mib) == range(ram + 4 * mib, mib));
    CHECK_FALSE(place_high(partition, image, mib));
    for (std::size_t i = 0; i < image.used.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            CHECK_FALSE(image.used[i].overlaps(image.used[j]));
        }
    }
}
