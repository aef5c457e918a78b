// SPDX-License-Identifier: GPL-2.0-only
// send and recv over a node that behaves like the module's: one message per call.
#include "channel_io.hpp"

#include "message_format.hpp"
#include "support/bench.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace amp::ctl;
using namespace amp::ctl::test;

namespace {

struct Talk {
    Bench bench;
    FakePartition* motor = &bench.device.add("motor", 1, AMP_STATE_RUNNING, 3);

    Talk() {
        motor->nodes.push_back("ctrl");
        bench.disk.files["/dev/amp-motor-ctrl"] = "";
        bench.disk.files["/dev/amp-motor-console"] = "";
    }
    // What the guest has sent by the time the node is opened.
    void guest_sends(std::vector<std::string> messages) {
        bench.device.after = [this, messages](const std::string&) {
            for (const std::string& message : messages)
                ::send(motor->node_peers["ctrl"].get(), message.data(), message.size(), 0);
        };
    }
    std::string guest_gets() const {
        std::array<char, 256> buffer{};
        const ssize_t count = ::recv(motor->node_peers.at("ctrl").get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        return count <= 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(count));
    }
    void standard_input(std::string_view text) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        input = FileDescriptor(ends[0]);
        bench.in = ends[0];
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(ends[1]);
    }
    FileDescriptor input;
};

} // namespace

TEST_CASE("send a word, standard input, lines") {
    Talk talk;
    CHECK(talk.bench.run({"send", "motor", "ctrl", "set speed"}).status == ExitStatus::ok);
    CHECK(talk.guest_gets() == "set speed");
    talk.standard_input("a\nb\n");
    CHECK(talk.bench.run("send motor ctrl").status == ExitStatus::ok);
    CHECK(talk.guest_gets() == "a\nb\n");
    talk.standard_input("a\nb\n");
    CHECK(talk.bench.run("send motor ctrl - --lines").status == ExitStatus::ok);
    CHECK(talk.guest_gets() == "a");
    CHECK(talk.guest_gets() == "b");
    CHECK(talk.guest_gets() == "nothing");
}

TEST_CASE("receive one, several, as text, hex, JSON, raw") {
    Talk talk;
    talk.guest_sends({"speed 5", std::string("\x01\xff", 2)});
    CHECK(talk.bench.run("recv motor ctrl").out == "speed 5\n");
    CHECK(talk.bench.run("recv motor ctrl --count 2").out == "speed 5\n01 ff\n");
    CHECK(talk.bench.run("recv motor ctrl --hex").out == "73 70 65 65 64 20 35\n");
    CHECK(talk.bench.run("recv motor ctrl --count 2 --raw").out == "speed 5\x01\xff");
    CHECK(talk.bench.run("recv motor ctrl --json").out ==
          "{\"size\":7,\"hex\":\"73 70 65 65 64 20 35\",\"text\":\"speed 5\"}\n");
}

TEST_CASE("receive gives up at its time-out and tells how far it came") {
    Talk talk;
    talk.guest_sends({"one"});
    const Ran ran = talk.bench.run("recv motor ctrl --count 3 --timeout 0.05");
    CHECK(ran.status == ExitStatus::timed_out);
    CHECK(ran.out == "one\n");
    CHECK(ran.err == "ampctl: 0.05 seconds are over; 1 message came\n");
}

TEST_CASE("a full ring") {
    Talk talk;
    talk.bench.device.after = [&](const std::string&) {
        // The guest never reads: fill what it has from our side.
        const int size = 4608;
        ::setsockopt(talk.motor->node_peers["ctrl"].get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    };
    talk.standard_input(std::string(3000, 'x') + "\n" + [] {
        std::string lines;
        for (int i = 0; i < 400; ++i)
            lines += std::string(100, 'y') + "\n";
        return lines;
    }());
    const Ran ran = talk.bench.run("send motor ctrl --lines --timeout 0.05");
    CHECK(ran.status == ExitStatus::timed_out);
    CHECK(ran.err ==
          "ampctl: can't send: the guest takes no messages; its ring is full; is it running? `ampctl status`\n");
}

TEST_CASE("a misspelt channel, a channel of somebody else") {
    Talk talk;
    CHECK(talk.bench.run("send motor crtl x").err ==
          "ampctl: motor has no channel \"crtl\" to dom0; did you mean \"ctrl\"?\n");
    CHECK(talk.bench.run("recv motor zzz").err == "ampctl: motor has no channel \"zzz\" to dom0; it has ctrl\n");
    CHECK(talk.bench.run("recv motro ctrl").err == "ampctl: no partition \"motro\"; did you mean \"motor\"?\n");
    talk.bench.device.failures["open motor ctrl"] = {EBUSY, CallPlace::node, {}};
    CHECK(talk.bench.run("recv motor ctrl").err ==
          "ampctl: can't open channel ctrl of motor: another program has it open; end "
          "that program first: `fuser /dev/amp-*`\n");
}

TEST_CASE("following ends well at a signal, counting does not") {
    Talk talk;
    talk.guest_sends({"a", "b"});
    talk.bench.watch_signals = [] { return ::open("/dev/zero", O_RDONLY | O_CLOEXEC); };
    const Ran followed = talk.bench.run("recv motor ctrl --follow");
    CHECK(followed.out == "a\nb\n");
    CHECK(followed.status == ExitStatus::ok);
    CHECK(talk.bench.run("recv motor ctrl --count 5").status == ExitStatus::interrupted);
}
