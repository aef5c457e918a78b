// SPDX-License-Identifier: GPL-2.0-only
// The console device on a pseudo-terminal and on a socket: bytes both ways, readers that are not there, workers that die.
#include "support/back_end_bench.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

using namespace amp::test;
using amp::virtio::OwnedFd;

namespace {

constexpr unsigned receive = 0, transmit = 1;
const nlohmann::json pty = {{"name", "con0"}, {"type", "console"}, {"backend", "pty"}};

void print(GuestDevice& guest, const std::string& text) {
    std::memcpy(guest.buffer(transmit), text.data(), text.size());
    guest.add(transmit, {{guest.buffer_gpa(transmit), static_cast<std::uint32_t>(text.size()), false}});
    guest.kick(transmit);
    CHECK(guest.wait_used(transmit).written == 0);
}

void offer_input(GuestDevice& guest, std::uint32_t bytes) {
    guest.add(receive, {{guest.buffer_gpa(receive), bytes, true}});
    guest.kick(receive);
}

std::string input(GuestDevice& guest) {
    const Used used = guest.wait_used(receive);
    return {reinterpret_cast<char*>(guest.buffer(receive)), used.written};
}

// Until so much has come.
std::string take(FakeModule& module, int fd, std::size_t bytes) {
    std::string text;
    CHECK(module.until([&] {
        char part[4096];
        const ssize_t size = ::read(fd, part, std::min(sizeof(part), bytes - text.size()));
        if (size > 0)
            text.append(part, static_cast<std::size_t>(size));
        return text.size() >= bytes;
    }));
    return text;
}

OwnedFd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    OwnedFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
    return socket;
}

} // namespace

TEST_CASE("A terminal reads what the guest prints and types what it reads") {
    BackEndBench bench(Devices{pty});
    bench.begin();
    CHECK(std::filesystem::is_symlink(bench.run_path("con0")));
    const OwnedFd terminal(::open(bench.run_path("con0").c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(terminal);
    GuestDevice guest(*bench.module, 0);
    guest.probe(all_features_of_queues, 2);
    print(guest, "login: \n");
    CHECK(take(*bench.module, terminal.get(), 8) == "login: \n"); // no CR of a terminal's making
    offer_input(guest, 64);
    REQUIRE(::write(terminal.get(), "root\r\x03", 6) == 6); // no echo, no signal
    CHECK(input(guest) == "root\r\x03");

    bench.crash_worker();
    print(guest, "# ");
    CHECK(take(*bench.module, terminal.get(), 2) == "# "); // the same terminal
    REQUIRE(::write(terminal.get(), "ls", 2) == 2); // before the guest has room
    offer_input(guest, 1);
    CHECK(input(guest) == "l");
    offer_input(guest, 64);
    CHECK(input(guest) == "s");
}

TEST_CASE("Without a reader the guest goes on printing, and the newest is kept") {
    BackEndBench bench(Devices{pty});
    bench.begin();
    GuestDevice guest(*bench.module, 0);
    guest.probe(0, 2);
    for (int i = 0; i < 64; ++i)
        print(guest, std::string(4096, static_cast<char>('A' + i % 26)));
    print(guest, "the end");
    const OwnedFd terminal(::open(bench.run_path("con0").c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    std::string all;
    CHECK(bench.module->until([&] {
        char part[4096];
        const ssize_t size = ::read(terminal.get(), part, sizeof(part));
        all.append(part, size > 0 ? static_cast<std::size_t>(size) : 0);
        return all.size() >= 7 && all.compare(all.size() - 7, 7, "the end") == 0;
    }));
    CHECK(all.size() < 80 * 1024);
}

TEST_CASE("A console on a socket serves one client after the other") {
    TemporaryDirectory place;
    const std::string path = place.path("con.sock");
    BackEndBench bench(Devices{{{"name", "con0"}, {"type", "console"}, {"backend", "unix:" + path}}});
    bench.begin();
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    GuestDevice guest(*bench.module, 0);
    guest.probe(all_features_of_queues, 2);
    print(guest, "early");
    for (const char* text : {"first", "second"}) {
        const OwnedFd client = connect_to(path);
        if (std::string(text) == "first")
            CHECK(take(*bench.module, client.get(), 5) == "early");
        offer_input(guest, 64);
        REQUIRE(::write(client.get(), text, std::strlen(text)) > 0);
        CHECK(input(guest) == text);
        print(guest, text);
        CHECK(take(*bench.module, client.get(), std::strlen(text)) == text);
    }
    bench.crash_worker();
    const OwnedFd client = connect_to(path);
    print(guest, "after");
    CHECK(take(*bench.module, client.get(), 5) == "after");
}

TEST_CASE("A socket's path that is something else is left alone") {
    TemporaryDirectory place;
    put_text(place.path("file"), "precious");
    BackEndBench bench(Devices{{{"name", "con0"}, {"type", "console"}, {"backend", "unix:" + place.path("file")}}});
    const Launched launched = bench.launch();
    CHECK(launched.status == 1);
    CHECK_THAT(launched.errors, Catch::Contains("is there, and not a socket"));
    CHECK(text_of(place.path("file")) == "precious");
}
