// SPDX-License-Identifier: GPL-2.0-only
// dom0's end against firmware that uses the guest library's vrings, well-behaved and not.
#include "amp/rpmsg/host.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "amp/guest/vring.h"
#include "table_builder.hpp"

using namespace amp::rpmsg;

namespace {

constexpr std::uint64_t ram = 0x40000000, ram_size = 0x400000;
constexpr std::uint64_t table_gpa = ram + 0x1000, buffers_gpa = ram + 0x204000;
constexpr std::uint32_t ring_size = 8;

// Guest memory, dom0's end, and what it reported.
struct Link {
    std::vector<std::byte> memory{ram_size};
    std::vector<std::string> heard;
    unsigned notified = 0;
    Host host{make_host()};
    amp_vring to_dom0{}, to_guest{};

    Link() { put_table(TableBuilder()); }

    Host make_host() {
        const auto translate = [this](std::uint64_t gpa, std::uint64_t size) -> std::span<std::byte> {
            if (gpa < ram || size > ram_size || gpa - ram > ram_size - size) {
                return {};
            }
            return std::span(memory).subspan(gpa - ram, size);
        };
        Host::Events events;
        events.announced = [this](const std::string& name, std::uint32_t address, bool created) {
            heard.push_back((created ? "+" : "-") + name + "@" + std::to_string(address));
        };
        events.received = [this](const Message& message) {
            heard.push_back(std::to_string(message.source) + ">" + std::to_string(message.destination) + ":" +
                            std::string(reinterpret_cast<const char*>(message.data.data()), message.data.size()));
        };
        events.notify = [this] { ++notified; };
        return Host(translate, {table_gpa, TableBuilder().bytes().size(), buffers_gpa}, events);
    }

    void put_table(const TableBuilder& builder) {
        const auto bytes = builder.bytes();
        std::memcpy(at(table_gpa), bytes.data(), bytes.size());
    }
    std::byte* at(std::uint64_t gpa) { return &memory[gpa - ram]; }

    // The firmware comes up: its addresses are guest-physical, so buffers are translated.
    void firmware_starts() {
        amp_vring_init(&to_dom0, at(0x40200000), ring_size, 4096);
        amp_vring_init(&to_guest, at(0x40202000), ring_size, 4096);
    }
    bool firmware_sends(std::uint32_t source, std::uint32_t destination, const std::string& text) {
        amp_vring_buffer buffer;
        if (amp_vring_take(&to_dom0, &buffer) != AMP_VRING_TAKEN) {
            return false;
        }
        std::byte* to = at(reinterpret_cast<std::uintptr_t>(buffer.data));
        const amp_rpmsg_header header{source, destination, 0, static_cast<std::uint16_t>(text.size()), 0};
        std::memcpy(to, &header, sizeof header);
        std::memcpy(to + sizeof header, text.data(), text.size());
        amp_vring_give(&to_dom0, &buffer, static_cast<std::uint32_t>(sizeof header + text.size()));
        return true;
    }
    std::string firmware_receives() {
        amp_vring_buffer buffer;
        if (amp_vring_take(&to_guest, &buffer) != AMP_VRING_TAKEN) {
            return "";
        }
        const std::byte* from = at(reinterpret_cast<std::uintptr_t>(buffer.data));
        amp_rpmsg_header header;
        std::memcpy(&header, from, sizeof header);
        std::string text(reinterpret_cast<const char*>(from + sizeof header), header.length);
        amp_vring_give(&to_guest, &buffer, 0);
        return text;
    }
    bool dom0_sends(const std::string& text) {
        return host.send(1024, 5, std::as_bytes(std::span(text.data(), text.size())));
    }
};

std::string announcement(const char* name, std::uint32_t address, std::uint32_t flags) {
    amp_rpmsg_announcement said{};
    std::strncpy(said.name, name, sizeof said.name);
    said.address = address;
    said.flags = flags;
    return std::string(reinterpret_cast<const char*>(&said), sizeof said);
}

} // namespace

TEST_CASE("the firmware finds its vrings and DRIVER_OK", "[host]") {
    Link link;
    REQUIRE(link.host.start() == std::nullopt);
    amp_rsc_vdev vdev;
    std::memcpy(&vdev, link.at(table_gpa + 20), sizeof vdev);
    CHECK((vdev.status & AMP_VDEV_DRIVER_OK) != 0);
    CHECK(link.notified == 1);
    link.firmware_starts();
    CHECK(amp_vring_has(&link.to_dom0));
    CHECK_FALSE(amp_vring_has(&link.to_guest));
}

TEST_CASE("announcements and messages go both ways, many times round the rings", "[host]") {
    Link link;
    REQUIRE_FALSE(link.host.start());
    link.firmware_starts();
    REQUIRE(link.firmware_sends(1024, AMP_RPMSG_NS_ADDRESS, announcement("echo", 1024, AMP_RPMSG_NS_CREATE)));
    REQUIRE_FALSE(link.host.poll());
    REQUIRE(link.heard == std::vector<std::string>{"+echo@1024"});
    for (unsigned i = 0; i < 70000; ++i) { // beyond 2^16
        const std::string text = std::to_string(i);
        REQUIRE(link.dom0_sends(text));
        REQUIRE(link.firmware_receives() == text);
        REQUIRE(link.firmware_sends(5, 1024, text));
        REQUIRE_FALSE(link.host.poll());
        REQUIRE(link.heard.back() == "5>1024:" + text);
    }
    REQUIRE(link.firmware_sends(1024, AMP_RPMSG_NS_ADDRESS, announcement("echo", 1024, AMP_RPMSG_NS_DESTROY)));
    REQUIRE_FALSE(link.host.poll());
    CHECK(link.heard.back() == "-echo@1024");
}

TEST_CASE("full rings are an answer, not a loss", "[host]") {
    Link link;
    REQUIRE_FALSE(link.host.start());
    link.firmware_starts();
    for (unsigned i = 0; i < ring_size; ++i) {
        REQUIRE(link.dom0_sends(std::to_string(i)));
        REQUIRE(link.firmware_sends(1, 1024, std::to_string(i)));
    }
    CHECK_FALSE(link.dom0_sends("too much"));
    CHECK_FALSE(link.firmware_sends(1, 1024, "too much"));
    REQUIRE_FALSE(link.host.poll());
    CHECK(link.heard.size() == ring_size);
    for (unsigned i = 0; i < ring_size; ++i) {
        CHECK(link.firmware_receives() == std::to_string(i));
    }
    CHECK(link.dom0_sends("again"));
}

TEST_CASE("the other life of dom0's end loses no message", "[host]") {
    Link link;
    REQUIRE_FALSE(link.host.start());
    link.firmware_starts();
    REQUIRE(link.dom0_sends("one"));
    REQUIRE(link.dom0_sends("two"));
    REQUIRE(link.firmware_receives() == "one");
    REQUIRE(link.firmware_sends(1, 1024, "a"));
    REQUIRE(link.firmware_sends(1, 1024, "b"));

    Host next = link.make_host(); // the first one is not asked any more
    REQUIRE_FALSE(next.resume());
    REQUIRE_FALSE(next.poll());
    CHECK(link.heard == std::vector<std::string>{"1>1024:a", "1>1024:b"});
    CHECK(link.firmware_receives() == "two");
    for (unsigned i = 0; i < ring_size; ++i) {
        CHECK(next.send(1024, 5, {}));
    }
    CHECK_FALSE(next.send(1024, 5, {}));
}

TEST_CASE("names that are no file names are not announced", "[host]") {
    for (const char* name : {"", "..", ".hidden", "a/b", "sp ace", "x\ny"}) {
        Link link;
        REQUIRE_FALSE(link.host.start());
        link.firmware_starts();
        REQUIRE(link.firmware_sends(1, AMP_RPMSG_NS_ADDRESS, announcement(name, 1, AMP_RPMSG_NS_CREATE)));
        REQUIRE_FALSE(link.host.poll());
        CHECK(link.heard.empty());
    }
}

TEST_CASE("a firmware that lies about lengths, buffers and indices", "[host]") {
    Link link;
    REQUIRE_FALSE(link.host.start());
    link.firmware_starts();
    auto* used = reinterpret_cast<std::uint16_t*>(link.at(0x40200000 + amp_vring_used_offset(ring_size, 4096)));
    auto* entries = reinterpret_cast<std::uint32_t*>(used + 2);

    SECTION("a message longer than its buffer is dropped") {
        const amp_rpmsg_header header{1, 1024, 0, 0xffff, 0};
        std::memcpy(link.at(buffers_gpa), &header, sizeof header);
        entries[0] = 0;
        entries[1] = 0xffffffff;
        used[1] = 1;
        CHECK_FALSE(link.host.poll());
        CHECK(link.heard.empty());
    }
    SECTION("a buffer that does not exist") {
        entries[0] = ring_size;
        used[1] = 1;
        CHECK(link.host.poll());
    }
    SECTION("a buffer given back twice") {
        entries[0] = entries[2] = 3;
        entries[1] = entries[3] = 16;
        used[1] = 2;
        link.host.poll(); // the first is made available again, so the second is an honest one only by luck
        used[1] = 100;
        CHECK(link.host.poll());
    }
    SECTION("an index beyond the ring") {
        used[1] = 1000;
        CHECK(link.host.poll());
        CHECK(link.heard.empty());
    }
    SECTION("a table that moves the vrings out of memory before a restart") {
        TableBuilder builder;
        builder.vring(0).da = 0xf0000000;
        link.put_table(builder);
        CHECK(link.host.start() == "the vrings or buffers lie outside the partition's memory");
        CHECK_FALSE(link.host.running());
        CHECK_FALSE(link.dom0_sends("x"));
    }
}

TEST_CASE("whatever the firmware writes, dom0's end stays in its memory", "[host]") {
    std::mt19937 random(11);
    for (unsigned round = 0; round < 300; ++round) {
        Link link;
        REQUIRE_FALSE(link.host.start());
        for (unsigned i = 0; i < 200; ++i) {
            const std::uint64_t area[] = {table_gpa, 0x40200000, 0x40202000, buffers_gpa};
            *link.at(area[random() % 4] + random() % 0x1800) = static_cast<std::byte>(random());
            switch (random() % 4) {
            case 0: link.host.poll(); break;
            case 1: link.dom0_sends("x"); break;
            case 2: link.host.resume(); break;
            default: link.host.start(); break;
            }
        }
    }
    SUCCEED("the sanitizers judge");
}
