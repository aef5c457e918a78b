// SPDX-License-Identifier: GPL-2.0-only
// An rpmsg link: the firmware in the test, the worker in between, clients at the sockets.
#include "support/back_end_bench.hpp"

#include "../rpmsg/table_builder.hpp"
#include "amp/guest/vring.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>

using namespace amp::test;
using amp::rpmsg::TableBuilder;

namespace {

constexpr std::uint64_t ram = FakeModule::gpa;
constexpr std::uint64_t table_gpa = ram + 0x1000, buffers_gpa = ram + 0x210000;
constexpr std::uint32_t ring_size = 8;

nlohmann::json link_device() {
    return {{"name", "link"},
            {"type", "rpmsg"},
            {"backend", "sockets"},
            {"resource-table", {{"gpa", table_gpa}, {"size", TableBuilder().bytes().size()}}},
            {"buffers", buffers_gpa}};
}

struct Link {
    BackEndBench bench{Devices{link_device()}};
    amp_vring to_dom0{}, to_guest{};

    Link() {
        bench.begin();
        load();
        bench.module->up();
        REQUIRE(bench.module->until([&] { return driver_ok(); }));
        come_up();
    }
    std::byte* at(std::uint64_t gpa) { return bench.module->ram() + (gpa - ram); }
    void load() {
        const auto bytes = TableBuilder().bytes();
        std::memcpy(at(table_gpa), bytes.data(), bytes.size());
    }
    bool driver_ok() {
        amp_rsc_vdev vdev;
        std::memcpy(&vdev, at(table_gpa + 20), sizeof vdev);
        return (vdev.status & AMP_VDEV_DRIVER_OK) != 0;
    }
    void come_up() {
        amp_vring_init(&to_dom0, at(0x40200000), ring_size, 4096);
        amp_vring_init(&to_guest, at(0x40202000), ring_size, 4096);
    }

    bool firmware_sends(std::uint32_t source, std::uint32_t destination, std::string_view text) {
        amp_vring_buffer buffer;
        if (amp_vring_take(&to_dom0, &buffer) != AMP_VRING_TAKEN)
            return false;
        std::byte* to = at(reinterpret_cast<std::uintptr_t>(buffer.data));
        const amp_rpmsg_header header{source, destination, 0, static_cast<std::uint16_t>(text.size()), 0};
        std::memcpy(to, &header, sizeof header);
        std::memcpy(to + sizeof header, text.data(), text.size());
        amp_vring_give(&to_dom0, &buffer, static_cast<std::uint32_t>(sizeof header + text.size()));
        bench.module->kick(0, 0);
        return true;
    }
    // The next message for the firmware: who sent it, and what.
    std::pair<std::uint32_t, std::string> firmware_receives() {
        amp_vring_buffer buffer;
        REQUIRE(bench.module->until([&] { return amp_vring_has(&to_guest); }));
        REQUIRE(amp_vring_take(&to_guest, &buffer) == AMP_VRING_TAKEN);
        const std::byte* from = at(reinterpret_cast<std::uintptr_t>(buffer.data));
        amp_rpmsg_header header;
        std::memcpy(&header, from, sizeof header);
        std::string text(reinterpret_cast<const char*>(from + sizeof header), header.length);
        amp_vring_give(&to_guest, &buffer, 0);
        bench.module->kick(0, 1);
        return {header.source, text};
    }
    void announce(const char* name, std::uint32_t address, std::uint32_t flags = AMP_RPMSG_NS_CREATE) {
        amp_rpmsg_announcement said{};
        std::strncpy(said.name, name, sizeof said.name - 1);
        said.address = address;
        said.flags = flags;
        REQUIRE(firmware_sends(address, AMP_RPMSG_NS_ADDRESS, {reinterpret_cast<const char*>(&said), sizeof said}));
    }
    std::string socket_path(const std::string& service) { return bench.run_path("link/" + service); }
    bool wait_service(const std::string& service, bool there = true) {
        return bench.module->until([&] { return std::filesystem::exists(socket_path(service)) == there; });
    }
    amp::virtio::OwnedFd connect(const std::string& service) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = socket_path(service);
        REQUIRE(path.size() < sizeof address.sun_path);
        path.copy(address.sun_path, path.size());
        amp::virtio::OwnedFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        return socket;
    }
    // What the client gets; "" is the end.
    std::string client_receives(const amp::virtio::OwnedFd& socket) {
        char text[1024];
        ssize_t size = -1;
        REQUIRE(bench.module->until([&] { return (size = ::recv(socket.get(), text, sizeof text, MSG_DONTWAIT)) >= 0; }));
        return std::string(text, static_cast<std::size_t>(size));
    }
};

void client_sends(const amp::virtio::OwnedFd& socket, const std::string& text) {
    REQUIRE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

} // namespace

TEST_CASE("A service's clients talk to it, each by an address of its own") {
    Link link;
    link.announce("echo", 1024);
    REQUIRE(link.wait_service("echo.1024"));
    const auto first = link.connect("echo.1024"), second = link.connect("echo.1024");
    client_sends(first, "one");
    const auto [first_address, one] = link.firmware_receives();
    client_sends(second, "two");
    const auto [second_address, two] = link.firmware_receives();
    CHECK(one == "one");
    CHECK(two == "two");
    CHECK(first_address != second_address);
    REQUIRE(link.firmware_sends(1024, second_address, "for two"));
    REQUIRE(link.firmware_sends(1024, first_address, "for one"));
    REQUIRE(link.firmware_sends(1024, 99, "for nobody"));
    CHECK(link.client_receives(first) == "for one");
    CHECK(link.client_receives(second) == "for two");
    link.announce("echo", 1024, AMP_RPMSG_NS_DESTROY);
    CHECK(link.client_receives(first).empty());
    CHECK(link.wait_service("echo.1024", false));
}

TEST_CASE("More messages than the vring holds wait in the socket, in their order") {
    Link link;
    link.announce("echo", 1024);
    REQUIRE(link.wait_service("echo.1024"));
    const auto client = link.connect("echo.1024");
    for (unsigned i = 0; i < 3 * ring_size; ++i)
        client_sends(client, std::to_string(i));
    for (unsigned i = 0; i < 3 * ring_size; ++i)
        CHECK(link.firmware_receives().second == std::to_string(i));
}

TEST_CASE("The next worker has the services and the vrings") {
    Link link;
    link.announce("echo", 1024);
    REQUIRE(link.wait_service("echo.1024"));
    for (int round = 0; round < 3; ++round) {
        const auto client = link.connect("echo.1024");
        client_sends(client, "before");
        CHECK(link.firmware_receives().second == "before");
        link.bench.crash_worker();
        CHECK(link.client_receives(client).empty());
        REQUIRE(link.wait_service("echo.1024"));
    }
    const auto client = link.connect("echo.1024");
    client_sends(client, "after");
    const auto [address, text] = link.firmware_receives();
    CHECK(text == "after");
    REQUIRE(link.firmware_sends(1024, address, "answer"));
    CHECK(link.client_receives(client) == "answer");
}

TEST_CASE("A new run begins with fresh vrings and no services") {
    Link link;
    link.announce("echo", 1024);
    REQUIRE(link.wait_service("echo.1024"));
    const auto client = link.connect("echo.1024");
    REQUIRE(link.bench.module->start());
    CHECK(link.client_receives(client).empty());
    CHECK_FALSE(std::filesystem::exists(link.socket_path("echo.1024")));
    link.load();
    CHECK_FALSE(link.driver_ok());
    link.bench.module->up();
    REQUIRE(link.bench.module->until([&] { return link.driver_ok(); }));
    link.come_up();
    link.announce("other", 5);
    CHECK(link.wait_service("other.5"));
}

TEST_CASE("Firmware that breaks its vrings loses the link until its next start; the worker lives") {
    Link link;
    link.announce("echo", 1024);
    REQUIRE(link.wait_service("echo.1024"));
    const auto client = link.connect("echo.1024");
    auto* used = reinterpret_cast<std::uint16_t*>(link.at(0x40200000 + amp_vring_used_offset(ring_size, 4096)));
    used[1] = static_cast<std::uint16_t>(used[1] + 1000);
    link.bench.module->kick(0, 0);
    CHECK(link.client_receives(client).empty());
    CHECK(link.wait_service("echo.1024", false));
    CHECK(text_of(link.bench.run_path("virtio.log")).find("gave back a buffer that it did not have") != std::string::npos);
    link.bench.crash_worker(); // the next one must not lay the vrings out under a firmware that runs
    CHECK(link.bench.status().at("devices").at(0).at("driver-ok") == false);
    REQUIRE(link.bench.module->start());
    link.load();
    link.bench.module->up();
    REQUIRE(link.bench.module->until([&] { return link.driver_ok(); }));
    CHECK(link.bench.status().at("restarts") == 1);
}

TEST_CASE("Clients that do not read, or send what is too long, are disconnected, and nobody else") {
    Link link;
    link.announce("echo", 1024);
    REQUIRE(link.wait_service("echo.1024"));
    const auto lazy = link.connect("echo.1024"), good = link.connect("echo.1024"), loud = link.connect("echo.1024");
    client_sends(lazy, "hello");
    const auto lazy_address = link.firmware_receives().first;
    client_sends(good, "hello");
    const auto good_address = link.firmware_receives().first;
    client_sends(loud, std::string(497, 'x'));
    CHECK(link.client_receives(loud).empty());
    const std::string large(AMP_RPMSG_MESSAGE_MAX, 'y');
    const std::string log = link.bench.run_path("virtio.log");
    REQUIRE(link.bench.module->until([&] {
        link.firmware_sends(1024, lazy_address, large);
        return text_of(log).find("does not read") != std::string::npos;
    }));
    REQUIRE(link.bench.module->until([&] { return link.firmware_sends(1024, good_address, "still here"); }));
    CHECK(link.client_receives(good) == "still here");
}
