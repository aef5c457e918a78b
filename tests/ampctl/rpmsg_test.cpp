// SPDX-License-Identifier: GPL-2.0-only
// rpmsg ls, open and ping against a service played by the test.
#include "rpmsg_services.hpp"

#include "support/bench.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace amp::ctl;
using namespace amp::ctl::test;

namespace {

const std::string directory = "/run/amp/motor/link/";

struct Firmware {
    Bench bench = qemu_bench();

    Firmware() {
        bench.device.add("motor", 1, AMP_STATE_RUNNING, 3);
        bench.disk.files["/run/amp/motor/virtio.json"] =
            R"({"partition":"motor","memory":[],"devices":[{"index":0,"name":"link","type":"rpmsg","backend":"sockets"}]})";
        for (const char* socket : {"echo.1024", "echo.1030", "control.7", "no-address", ".5"})
            bench.disk.files[directory + socket] = "";
    }
    ~Firmware() {
        if (peer.joinable())
            peer.join();
    }
    // Sends back what it gets, changed by `change`, until the client goes.
    void answers(std::function<std::string(std::string)> change) {
        bench.host.connected = [this, change](int socket) {
            const int own = ::dup(socket);
            peer = std::thread([own, change] {
                char buffer[512];
                ::fcntl(own, F_SETFL, 0);
                for (ssize_t size; (size = ::recv(own, buffer, sizeof(buffer), 0)) > 0;) {
                    const std::string answer = change(std::string(buffer, static_cast<std::size_t>(size)));
                    if (!answer.empty())
                        ::send(own, answer.data(), answer.size(), MSG_NOSIGNAL);
                }
                ::close(own);
            });
        };
    }
    void input(std::string_view text) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(ends[1]);
        read_end = FileDescriptor(ends[0]);
        bench.in = ends[0];
    }
    std::thread peer;
    FileDescriptor read_end;
};

} // namespace

TEST_CASE("services are listed by name and address") {
    Firmware firmware;
    CHECK(firmware.bench.run("rpmsg ls motor").out == "control              7  /run/amp/motor/link/control.7\n"
                                                      "echo              1024  /run/amp/motor/link/echo.1024\n"
                                                      "echo              1030  /run/amp/motor/link/echo.1030\n");
    const auto json = firmware.bench.run("rpmsg ls motor --json").out;
    CHECK(json.find("\"address\": 1030") != std::string::npos);
}

TEST_CASE("ping measures what comes back, and nothing else") {
    Firmware firmware;
    firmware.answers([](std::string message) { return message; });
    const Ran ran = firmware.bench.run("rpmsg ping motor echo --count 3 --size 496");
    CHECK(ran.status == ExitStatus::ok);
    CHECK(ran.out.starts_with("3 messages of 496 bytes, all came back: least "));
}

TEST_CASE("a changed answer and none at all are errors") {
    Firmware firmware;
    firmware.answers([](const std::string& message) { return message + "x"; });
    const Ran changed = firmware.bench.run("rpmsg ping motor echo");
    CHECK(changed.status == ExitStatus::timed_out);
    CHECK(changed.err.find("message 1 came back changed") != std::string::npos);

    Firmware silent;
    silent.answers([](const std::string&) { return std::string(); });
    CHECK(silent.bench.run("rpmsg ping motor echo --timeout 0.1").status == ExitStatus::timed_out);
}

TEST_CASE("lines become messages and messages lines") {
    Firmware firmware;
    firmware.answers([](const std::string& message) { return "got " + message; });
    firmware.input("one\n\ntwo");
    const Ran ran = firmware.bench.run("rpmsg open motor control --count 2 --timeout 5");
    CHECK(ran.status == ExitStatus::ok);
    CHECK(ran.out == "got one\ngot two\n");
    CHECK(firmware.bench.device.calls.back() == "connect /run/amp/motor/link/control.7");
}

TEST_CASE("a service may be named with its address") {
    Firmware firmware;
    firmware.answers([](std::string message) { return message; });
    CHECK(firmware.bench.run("rpmsg ping motor echo.1030 --count 1").status == ExitStatus::ok);
    CHECK(firmware.bench.device.calls.back() == "connect /run/amp/motor/link/echo.1030");
}

TEST_CASE("a link that ends while it is open is told") {
    Firmware firmware;
    firmware.bench.host.connected = [](int socket) { ::shutdown(socket, SHUT_RDWR); };
    const Ran ran = firmware.bench.run("rpmsg open motor echo --timeout 5");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err.find("the link ended") != std::string::npos);
}

TEST_CASE("what is not there is told by name") {
    Firmware firmware;
    CHECK(firmware.bench.run("rpmsg ping motor ehco").err.find("did you mean \"echo\"?") != std::string::npos);
    CHECK(firmware.bench.run("rpmsg pink motor echo").err.find("did you mean \"ping\"?") != std::string::npos);
    CHECK(firmware.bench.run("rpmsg open motor").status == ExitStatus::usage);
    CHECK(firmware.bench.run("rpmsg ping motor echo --size 497").status == ExitStatus::usage);
    firmware.bench.device.add("pump", 2, AMP_STATE_RUNNING, 2);
    const Ran ran = firmware.bench.run("rpmsg ls pump");
    CHECK(ran.status == ExitStatus::not_found);
    CHECK(ran.err.find("pump has no rpmsg device") != std::string::npos);
    firmware.bench.host.failures["connect " + directory + "echo.1024"] = "Connection refused";
    CHECK(firmware.bench.run("rpmsg ping motor echo").err.find("Connection refused") != std::string::npos);
}
