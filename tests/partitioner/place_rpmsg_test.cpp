// SPDX-License-Identifier: GPL-2.0-only
// Firmware with a resource table: where its vrings go, and what its table then says.
#include "place_rpmsg.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "amp/rpmsg/resource_table.hpp"
#include "../rpmsg/table_builder.hpp"
#include "support/elf_builder.hpp"

using namespace amp;
using namespace amp::test;
using amp::rpmsg::TableBuilder;

namespace {

constexpr std::uint64_t ram = 0x40000000, ram_size = 0x400000;

struct Firmware {
    PartitionSpec partition;
    PlacedImage image;

    explicit Firmware(const TableBuilder& table, unsigned char elf_class = 2) {
        partition.memory.push_back({{GuestPhysAddr(ram), ram_size}, {}});
        ElfOptions options;
        options.elf_class = elf_class;
        options.machine = elf_class == 2 ? 183 : 40;
        for (const std::byte byte : table.bytes()) {
            options.resource_table.push_back(static_cast<std::uint8_t>(byte));
        }
        const auto parsed = parse_image(make_elf(options));
        REQUIRE(parsed);
        auto placed = place_image(*parsed, partition);
        REQUIRE(placed);
        image = std::move(*placed);
    }
    rpmsg::Vdev table() const {
        const auto& bytes = image.segments.front().bytes;
        const auto parsed = rpmsg::parse_resource_table(
            std::as_bytes(std::span(bytes)).first(image.resource_table->size));
        REQUIRE(parsed);
        return *rpmsg::rpmsg_device(*parsed);
    }
};

TableBuilder free_choice() {
    TableBuilder builder;
    builder.vring(0).da = builder.vring(1).da = AMP_RSC_ANY;
    return builder;
}

} // namespace

TEST_CASE("what the firmware leaves to us is placed apart from everything else", "[rpmsg]") {
    for (const unsigned char elf_class : std::initializer_list<unsigned char>{2, 1}) {
        Firmware firmware(free_choice(), elf_class);
        const auto placed = place_rpmsg(firmware.partition, firmware.image);
        REQUIRE(placed);
        CHECK(placed->table.start.number == ram);
        const auto vdev = firmware.table();
        const GuestRange ranges[] = {
            {GuestPhysAddr(vdev.vrings[0].vring.da), amp_vring_size(8, 4096)},
            {GuestPhysAddr(vdev.vrings[1].vring.da), amp_vring_size(8, 4096)},
            {placed->buffers, 16 * AMP_RPMSG_BUFFER_SIZE},
            {GuestPhysAddr(ram), 0x1000}, // the image
        };
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(in_memory(firmware.partition, ranges[i]));
            CHECK(ranges[i].start.is_aligned(16));
            for (std::size_t j = 0; j < i; ++j) {
                CHECK_FALSE(ranges[i].overlaps(ranges[j]));
            }
        }
        CHECK(vdev.vrings[0].vring.da % 4096 == 0);
    }
}

TEST_CASE("the firmware's own addresses are taken", "[rpmsg]") {
    Firmware firmware{TableBuilder()};
    REQUIRE(place_rpmsg(firmware.partition, firmware.image));
    CHECK(firmware.table().vrings[0].vring.da == 0x40200000);
    CHECK(firmware.table().vrings[1].vring.da == 0x40202000);
}

TEST_CASE("what can't be placed says so", "[rpmsg]") {
    struct Case {
        std::uint32_t first, second;
        const char* message;
    };
    const Case cases[] = {
        {0x30000000, 0x40202000, "its vring 0 at 0x30000000-0x30001045 are no memory of the partition"},
        {0x40200000, 0x40200800, "its vring 1 at 0x40200800-0x40201845 are not aligned as it says"},
        {0x40200000, 0x40201000, "its vring 1 at 0x40201000-0x40202045 overlap what is loaded"},
        {0x40000000, 0x40202000, "its vring 0 at 0x40000000-0x40001045 overlap what is loaded"},
    };
    for (const auto& c : cases) {
        TableBuilder builder;
        builder.vring(0).da = c.first;
        builder.vring(1).da = c.second;
        Firmware firmware(builder);
        const auto placed = place_rpmsg(firmware.partition, firmware.image);
        REQUIRE_FALSE(placed);
        CHECK(placed.error().rule == "rpmsg.place");
        CHECK(placed.error().message == c.message);
    }
}

TEST_CASE("a table that is no good, or is not there", "[rpmsg]") {
    TableBuilder builder = free_choice();
    builder.vdev().id = 3;
    Firmware network(builder);
    const auto placed = place_rpmsg(network.partition, network.image);
    REQUIRE_FALSE(placed);
    CHECK(placed.error().rule == "rpmsg.table");

    Firmware none(free_choice());
    none.image.resource_table.reset();
    CHECK(place_rpmsg(none.partition, none.image).error().rule == "rpmsg.table");

    Firmware full(free_choice());
    full.image.used.push_back({GuestPhysAddr(ram), ram_size});
    CHECK(place_rpmsg(full.partition, full.image).error().rule == "rpmsg.place");

    Firmware elsewhere(free_choice());
    elsewhere.image.resource_table->start = GuestPhysAddr(ram + 0xfff);
    CHECK(place_rpmsg(elsewhere.partition, elsewhere.image).error().rule == "rpmsg.table");
}

TEST_CASE("no altered ELF file with sections is read beyond its end", "[rpmsg]") {
    ElfOptions options;
    const auto table = free_choice().bytes();
    for (const std::byte byte : table) {
        options.resource_table.push_back(static_cast<std::uint8_t>(byte));
    }
    const Bytes good = make_elf(options);
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const std::uint8_t value : std::initializer_list<std::uint8_t>{0x00, 0x7f, 0xff}) {
            Bytes bad = good;
            bad[i] = value;
            (void)parse_image(bad); // the sanitizers judge
        }
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        (void)parse_image(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    }
    SUCCEED();
}
