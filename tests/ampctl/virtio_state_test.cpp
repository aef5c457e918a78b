// SPDX-License-Identifier: GPL-2.0-only
// status and console of virtio devices.
#include "virtio_state.hpp"

#include "support/bench.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace amp::ctl;
using namespace amp::ctl::test;
using Json = nlohmann::json;

namespace {

const std::string status_file = "/run/amp/motor/virtio.status";

// As tools/amp-virtio writes it.
Json served() {
    return {{"partition", "motor"},
            {"supervisor", 812},
            {"worker", 815},
            {"ready", true},
            {"restarts", 1},
            {"last-error", "ended by signal 9"},
            {"devices",
             {{{"index", 0}, {"name", "net0"}, {"driver-ok", true}, {"queues-ready", 2}},
              {{"index", 1}, {"name", "disk0"}, {"driver-ok", false}, {"queues-ready", 0}}}}};
}

Bench virtio_bench() {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("start /virtio.dts").status == ExitStatus::ok);
    bench.disk.files[status_file] = served().dump();
    return bench;
}

// A bench whose console goes to a pipe.
struct Session {
    Bench bench = virtio_bench();
    FileDescriptor read_end, write_end;

    Session() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
        read_end = FileDescriptor(ends[0]);
        write_end = FileDescriptor(ends[1]);
        bench.out_descriptor = write_end.get();
    }
    std::string shown() {
        char buffer[4096];
        const ssize_t count = ::read(read_end.get(), buffer, sizeof(buffer));
        return count > 0 ? std::string(buffer, static_cast<std::size_t>(count)) : std::string();
    }
};

void say(int terminal, std::string_view text) {
    REQUIRE(::write(terminal, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

} // namespace

TEST_CASE("status shows the devices and who serves them") {
    Bench bench = virtio_bench();
    check_golden("status-virtio.txt", bench.run("status motor").out);
    const Json status = Json::parse(bench.run("status motor --json").out);
    const Json& virtio = status[0]["virtio"];
    CHECK(virtio["supervisor"] == 812);
    CHECK(virtio["worker"] == 815);
    CHECK(virtio["restarts"] == 1);
    CHECK(virtio["devices"][0]["driver_ok"] == true);
    CHECK(virtio["devices"][1]["driver_ok"] == false);
    CHECK(virtio["devices"][1]["backend"] == "file:/root.img");
}

TEST_CASE("a dead back end's last words are not taken for the present") {
    Bench bench = virtio_bench();
    bench.disk.files.erase("/proc/812/comm");
    const std::string out = bench.run("status motor").out;
    CHECK(out.find("net0: net, vhost-net:amp0, not served") != std::string::npos);
    CHECK(out.find("not running, so nobody serves the devices; `ampctl start` runs it") != std::string::npos);
    CHECK(Json::parse(bench.run("status motor --json").out)[0]["virtio"]["supervisor"].is_null());
}

TEST_CASE("files that are not as expected leave things unknown") {
    Bench bench = virtio_bench();
    for (const std::string text : {"", "[", "[]", "{\"worker\": -1, \"devices\": 3}", "{\"worker\": \"x\", \"devices\": [1, {}]}",
                                   "{\"ready\": 1, \"restarts\": 1.5, \"last-error\": []}"}) {
        INFO(text);
        bench.disk.files[status_file] = text;
        CHECK(bench.run("status motor").out.find("process 812, no worker, restarted 0 times") != std::string::npos);
        CHECK(bench.run("status motor --json").status == ExitStatus::ok);
    }
    bench.disk.files["/run/amp/motor/virtio.json"] = "[]";
    CHECK(bench.run("status motor").out.find("virtio") == std::string::npos);
}

TEST_CASE("a virtio console is attached to by name") {
    Session session;
    session.bench.host.terminal_opened = [](int terminal) { say(terminal, "login: "); };
    const Ran ran = session.bench.run("console motor con0 --until login:");
    CHECK(ran.err == "");
    CHECK(ran.status == ExitStatus::ok);
    CHECK(session.shown() == "login: ");
    CHECK(session.bench.device.calls.back() == "terminal /run/amp/motor/con0");
}

TEST_CASE("what is typed goes to the virtio console") {
    Session session;
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const FileDescriptor in(ends[0]), keys(ends[1]);
    session.bench.in = in.get();
    say(keys.get(), "root\n");
    int back_end = -1;
    session.bench.host.terminal_opened = [&](int terminal) { back_end = ::dup(terminal); };
    CHECK(session.bench.run("console motor con0 --timeout 0.2").status == ExitStatus::timed_out);
    const FileDescriptor end(back_end);
    char buffer[16];
    CHECK(::read(end.get(), buffer, sizeof(buffer)) == 5);
}

TEST_CASE("a virtio console whose other end goes, and a guest that ends, end the session") {
    Session session;
    session.bench.host.terminal_opened = [](int terminal) {
        say(terminal, "bye");
        ::shutdown(terminal, SHUT_RDWR);
    };
    const Ran ran = session.bench.run("console motor con0");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err == "ampctl: the back end of motor closed the terminal; `ampctl status` tells whether it runs\n");
    CHECK(session.shown() == "bye");
    Session ended;
    ended.bench.host.terminal_opened = [&](int terminal) {
        say(terminal, "last words");
        ended.bench.device.partitions["motor"]->set_state(AMP_STATE_STOPPED);
    };
    CHECK(ended.bench.run("console motor con0").status == ExitStatus::ok);
    CHECK(ended.shown() == "last words");
}

TEST_CASE("what is no virtio console is told by name") {
    Bench bench = virtio_bench();
    CHECK(bench.run("console motor con").err == "ampctl: motor has no virtio console \"con\"; did you mean \"con0\"?\n");
    CHECK(bench.run("console motor net0").err == "ampctl: motor has no virtio console \"net0\"; it has con0, con1\n");
    CHECK(bench.run("console motor con1").err ==
          "ampctl: con1 of motor is a socket, no terminal; connect to /run/con1 by another program\n");
    CHECK(bench.run("console motor con0 --history").status == ExitStatus::usage);
    bench.host.failures["terminal /run/amp/motor/con0"] = "No such file or directory";
    CHECK(bench.run("console motor con0").err == "ampctl: can't open /run/amp/motor/con0: No such file or directory; `ampctl "
                                                 "status` tells whether its back end is ready\n");
    bench.disk.files.erase("/proc/812/comm");
    CHECK(bench.run("console motor con0").err ==
          "ampctl: nobody serves con0 of motor; the next `ampctl start motor` runs its back end\n");
    bench.device.add("pump", 2, AMP_STATE_RUNNING, 2);
    CHECK(bench.run("console pump con0").status == ExitStatus::not_found);
}
