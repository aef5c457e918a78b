// SPDX-License-Identifier: GPL-2.0-only
// console, run and log: bytes in both directions, the escape key, every way a session ends.
#include "console_pump.hpp"

#include "signals.hpp"
#include "support/bench.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <thread>
#include <unistd.h>

using namespace amp::ctl;
using namespace amp::ctl::test;

namespace {

struct Pipe {
    FileDescriptor read_end, write_end;
    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        read_end = FileDescriptor(ends[0]);
        write_end = FileDescriptor(ends[1]);
    }
    std::string contents() {
        ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
        std::array<char, 65536> buffer{};
        const ssize_t count = ::read(read_end.get(), buffer.data(), buffer.size());
        return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
    }
    void put(std::string_view text) const {
        REQUIRE(::write(write_end.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
};

// A bench whose console goes to a pipe.
struct Session {
    Bench bench = qemu_bench();
    Pipe out, in;
    FakePartition* motor = nullptr;

    Session() {
        bench.out_descriptor = out.write_end.get();
        bench.in = in.read_end.get();
    }
    void add_motor() {
        motor = &bench.device.add("motor", 1, AMP_STATE_RUNNING, 3);
        motor->query.starts = 1;
    }
    void end(std::uint32_t reason, std::uint32_t state) const {
        motor->query.exit.reason = reason;
        motor->set_state(state);
    }
    // What the guest does once a call succeeded.
    void then(const std::string& call, std::function<void()> act) {
        bench.device.after = [call, act](const std::string& done) {
            if (done == call)
                act();
        };
    }
};

struct PseudoTerminal {
    FileDescriptor master, slave;
    PseudoTerminal() {
        master = FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        REQUIRE(::grantpt(master.get()) == 0);
        REQUIRE(::unlockpt(master.get()) == 0);
        slave = FileDescriptor(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
        REQUIRE(slave);
    }
    [[nodiscard]] bool is_raw() const {
        termios settings{};
        REQUIRE(::tcgetattr(slave.get(), &settings) == 0);
        return (settings.c_lflag & (ICANON | ECHO | ISIG)) == 0;
    }
    void type(std::string_view text) const {
        REQUIRE(::write(master.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
};

} // namespace

TEST_CASE("history, then live, then the guest's end") {
    Session session;
    session.add_motor();
    session.motor->print("hello from before\n");
    session.then("open motor console", [&] {
        session.motor->print("and now\n");
        session.end(AMP_EXIT_SYSTEM_OFF, AMP_STATE_STOPPED);
    });
    const Ran ran = session.bench.run("console motor");
    CHECK(ran.status == ExitStatus::ok);
    CHECK(session.out.contents() == "hello from before\nand now\n");
    CHECK(ran.err == "\n[motor stopped: guest called PSCI SYSTEM_OFF]\n");
}

TEST_CASE("output that comes while the pump waits is shown once, and wakes it") {
    Session session;
    session.add_motor();
    std::thread guest;
    session.then("open motor console", [&] {
        guest = std::thread([&] {
            pollfd item{session.out.read_end.get(), POLLIN, 0};
            session.motor->print("one\n");
            ::poll(&item, 1, 10'000);
        });
    });
    CHECK(session.bench.run("console motor --until one --timeout 10").status == ExitStatus::ok);
    guest.join();
    CHECK(session.out.contents() == "one\n");
}

TEST_CASE("a crash ends a session with the report and status 7") {
    Session session;
    session.add_motor();
    session.end(AMP_EXIT_UNMAPPED_READ, AMP_STATE_CRASHED);
    const Ran ran = session.bench.run("console motor");
    CHECK(ran.status == ExitStatus::crashed);
    CHECK(ran.err.find("[motor crashed: read of an address the partition does not have]") != std::string::npos);
    CHECK(ran.err.find("pc        0x") != std::string::npos);
}

TEST_CASE("--until, --timeout, --history") {
    Session session;
    session.add_motor();
    session.motor->print("booting... ready\n");
    // The history comes in small pieces, so the text is split over several reads.
    CHECK(session.bench.run("console motor --until ...").status == ExitStatus::ok);
    const Ran late = session.bench.run("console motor --until never --timeout 0.05");
    CHECK(late.status == ExitStatus::timed_out);
    CHECK(late.err == "ampctl: 0.05 seconds are over; motor did not print \"never\"\n");
    CHECK(session.bench.run("console motor --history").out == "booting... ready\n");
    session.end(AMP_EXIT_SYSTEM_OFF, AMP_STATE_STOPPED);
    const Ran ended = session.bench.run("console motor --until never");
    CHECK(ended.status == ExitStatus::machine);
    CHECK(ended.err.find("motor ended before it printed \"never\"") != std::string::npos);
}

TEST_CASE("piped input goes to the guest, escape key included, and its end is not the session's") {
    Session session;
    session.add_motor();
    session.in.put("reset\n\x1d");
    session.in.write_end.reset();
    session.then("open motor console", [] {});
    const Ran ran = session.bench.run("console motor --timeout 0.2");
    CHECK(ran.status == ExitStatus::timed_out);
    std::array<char, 64> buffer{};
    const ssize_t count = ::read(session.motor->node_peers["console"].get(), buffer.data(), buffer.size());
    CHECK(std::string_view(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))) == "reset\n\x1d");
}

TEST_CASE("a terminal is raw while attached; the escape key detaches and the terminal is as before") {
    Session session;
    session.add_motor();
    const PseudoTerminal terminal;
    session.bench.in = terminal.slave.get();
    CHECK(!terminal.is_raw());
    bool was_raw = false;
    std::thread user;
    session.then("open motor console", [&] {
        user = std::thread([&] {
            while (!terminal.is_raw())
                std::this_thread::yield();
            was_raw = true;
            terminal.type("x\x03\x1d\x1dy\x1d"
                          "d");
        });
    });
    const Ran ran = session.bench.run("console motor --timeout 20");
    user.join();
    CHECK(ran.status == ExitStatus::ok);
    CHECK(was_raw);
    CHECK(!terminal.is_raw());
}

TEST_CASE("the escape key asks what to do") {
    Session session;
    session.add_motor();
    const PseudoTerminal terminal;
    session.bench.in = terminal.slave.get();
    std::thread user;
    session.then("open motor console", [&] {
        user = std::thread([&] {
            while (!terminal.is_raw())
                std::this_thread::yield();
            terminal.type("\x1d");
        });
    });
    const Ran ran = session.bench.run("console motor --timeout 1");
    user.join();
    CHECK(ran.status == ExitStatus::timed_out);
    CHECK(ran.err.find("[ampctl: d detach, Ctrl-] to send it, other keys go on]") != std::string::npos);
}

TEST_CASE("the escape key by itself") {
    EscapeFilter filter;
    CHECK(filter.feed("abc").forward == "abc");
    const Filtered literal = filter.feed("a\x1d\x1d"
                                         "b");
    CHECK(literal.forward == "a\x1d"
                             "b");
    CHECK(literal.command == EscapeCommand::resumed);
    CHECK(filter.feed("\x1d").command == EscapeCommand::asked);
    const Filtered detached = filter.feed("dxyz");
    CHECK(detached.command == EscapeCommand::detach);
    CHECK(detached.forward == "");
    CHECK(filter.feed("\x1dq").command == EscapeCommand::destroy);
    CHECK(filter.feed("\x1dz").command == EscapeCommand::resumed);
}

TEST_CASE("a signal ends a session, and run destroys what it made") {
    Session session;
    session.bench.watch_signals = [] {
        struct sigaction fallback {};
        fallback.sa_handler = SIG_DFL;
        ::sigaction(SIGTERM, &fallback, nullptr);
        const int descriptor = watch_signals();
        ::raise(SIGTERM);
        return descriptor;
    };
    const Ran ran = session.bench.run("run /two.dts");
    CHECK(ran.status == ExitStatus::interrupted);
    CHECK(session.bench.device.partitions.empty());
    CHECK(session.bench.device.calls.back() == "destroy motor");
}

TEST_CASE("run destroys when the guest ends, whatever the reason") {
    for (const auto& [reason, state, status] :
         {std::tuple{AMP_EXIT_SYSTEM_OFF, AMP_STATE_STOPPED, ExitStatus::ok},
          std::tuple{AMP_EXIT_NO_SYNDROME, AMP_STATE_CRASHED, ExitStatus::crashed}}) {
        Session session;
        session.then("start pump", [&, reason = reason, state = state] {
            session.motor = session.bench.device.partitions["motor"].get();
            session.motor->print("bye\n");
            session.motor->query.exit.reason = static_cast<std::uint32_t>(reason);
            session.motor->set_state(state);
        });
        const Ran ran = session.bench.run("run /two.dts");
        CHECK(ran.status == status);
        CHECK(session.out.contents() == "bye\n");
        CHECK(session.bench.device.partitions.empty());
    }
}

TEST_CASE("run leaves it running after detaching, unless told otherwise") {
    for (const std::string option : {"", " --destroy-on-exit"}) {
        Session session;
        const PseudoTerminal terminal;
        session.bench.in = terminal.slave.get();
        std::thread user;
        session.then("open pump console", [&] {
            user = std::thread([&] {
                while (!terminal.is_raw())
                    std::this_thread::yield();
                terminal.type("\x1d"
                              "d");
            });
        });
        const Ran ran = session.bench.run("run /two.dts pump --timeout 20" + option);
        user.join();
        CHECK(ran.status == ExitStatus::ok);
        CHECK(session.bench.device.partitions.size() == (option.empty() ? 2 : 0));
    }
}

TEST_CASE("run with a name that the description does not have creates nothing") {
    Session session;
    const Ran ran = session.bench.run("run /two.dts moter");
    CHECK(ran.err == "ampctl: the description has no partition \"moter\"; did you mean \"motor\"?\n");
    CHECK(session.bench.device.calls.empty());
}

TEST_CASE("a failing start in run undoes everything") {
    Session session;
    session.bench.device.failures["start pump"] = {EIO, CallPlace::partition, {AMP_STATUS_CORE_REFUSED, 0, 2}};
    const Ran ran = session.bench.run("run /two.dts");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err.find("can't start pump: Linux refused to take core 2 offline") != std::string::npos);
    CHECK(session.bench.device.partitions.empty());
}

TEST_CASE("a partition destroyed by somebody else, one without console, one in use") {
    Session session;
    session.add_motor();
    session.then("open motor console", [&] {
        session.motor->gone = true;
        session.motor->set_state(AMP_STATE_RUNNING);
    });
    CHECK(session.bench.run("console motor").err == "ampctl: motor was destroyed; `ampctl list` shows what is left\n");
    Session other;
    other.add_motor();
    other.motor->nodes.clear();
    CHECK(other.bench.run("console motor").err ==
          "ampctl: motor has no console; add `amp,console;` to its description\n");
    Session busy;
    busy.add_motor();
    busy.bench.device.failures["open motor console"] = {EBUSY, CallPlace::node, {}};
    CHECK(busy.bench.run("console motor").err.find("another program has it open") != std::string::npos);
}

TEST_CASE("the log, and following it until a signal") {
    Session session;
    session.add_motor();
    session.motor->log = "monitor: started\x1b[2J on core 3\n";
    CHECK(session.bench.run("log motor").out == "monitor: started\\x1b[2J on core 3\n");
    session.bench.watch_signals = [] { return ::open("/dev/zero", O_RDONLY | O_CLOEXEC); };
    CHECK(session.bench.run("log motor --follow").out == "monitor: started\\x1b[2J on core 3\n");
}
