// SPDX-License-Identifier: GPL-2.0-only
// Resource tables as firmware has them, and as nobody should.
#include "amp/rpmsg/resource_table.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "table_builder.hpp"

using namespace amp;
using namespace amp::rpmsg;

TEST_CASE("a table with one rpmsg device is read", "[resource_table]") {
    const auto table = parse_resource_table(TableBuilder().bytes());
    REQUIRE(table);
    const auto vdev = rpmsg_device(*table);
    REQUIRE(vdev);
    CHECK(vdev->offset == 20);
    CHECK(vdev->vrings.at(1).vring.num == 8);
    CHECK(vdev->vrings.at(1).offset == 20 + 28 + 20);
}

TEST_CASE("carve-outs are read with their names", "[resource_table]") {
    TableBuilder builder;
    builder.carveout("vdev0buffer", 0x40300000, 0x4000);
    const auto table = parse_resource_table(builder.bytes());
    REQUIRE(table);
    REQUIRE(table->carveouts.size() == 1);
    CHECK(table->carveouts[0].name == "vdev0buffer");
    CHECK(table->carveouts[0].da == 0x40300000);
    CHECK(table->carveouts[0].size == 0x4000);
}

TEST_CASE("what is wrong with a table is said", "[resource_table]") {
    struct Case {
        std::function<void(TableBuilder&)> spoil;
        const char* message;
    };
    const Case cases[] = {
        {[](auto& b) { b.head().version = 2; }, "it is of version 2, not 1"},
        {[](auto& b) { b.head().count = 1000; }, "it has 1000 entries, more than 64"},
        {[](auto& b) { b.head().count = 60; }, "its entry 7 lies beyond its end"},
        {[](auto& b) { b.offset(0) = 0x7fffffff; }, "its entry 0 lies beyond its end"},
        {[](auto& b) { b.vdev().vring_count = 200; }, "its entry at offset 20 (VDEV): vring 2 lies beyond its end"},
        {[](auto& b) { b.vdev().id = 3; }, "it asks for a virtio device of id 3; only rpmsg (7) is served"},
        {[](auto& b) { b.vdev().vring_count = 1; }, "its rpmsg device has 1 vrings, not 2"},
        {[](auto& b) { b.vring(1).num = 12; }, "its vring 1 has 12 buffers, which is no power of two from 2 to 1024"},
        {[](auto& b) { b.vring(0).num = 2048; }, "its vring 0 has 2048 buffers, which is no power of two from 2 to 1024"},
        {[](auto& b) { b.vring(0).align = 3; },
         "its vring 0 has alignment 3, which is no power of two from 4 to 65536"},
        {[](auto& b) { b.vring(0).da = 0x40000004; }, "its vring 0 lies at no multiple of 16"},
        {[](auto& b) { b.vdev().type = AMP_RSC_TRACE; }, "it asks for no rpmsg device (VDEV of id 7)"},
    };
    for (const auto& c : cases) {
        TableBuilder builder;
        c.spoil(builder);
        const auto table = parse_resource_table(builder.bytes());
        if (!table) {
            CHECK(table.error() == c.message);
            continue;
        }
        const auto vdev = rpmsg_device(*table);
        REQUIRE_FALSE(vdev);
        CHECK(vdev.error() == c.message);
    }
}

TEST_CASE("no table makes the reader leave its bytes", "[resource_table]") {
    std::mt19937 random(7);
    unsigned good = 0;
    for (unsigned round = 0; round < 20000; ++round) {
        TableBuilder builder;
        auto bytes = builder.bytes();
        bytes.resize(random() % (bytes.size() + 1));
        for (unsigned i = 0; i < 3 && !bytes.empty(); ++i) {
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        }
        const auto table = parse_resource_table(bytes); // the sanitizers judge
        good += table && rpmsg_device(*table) ? 1u : 0u;
    }
    CHECK(good > 0);
}
