// SPDX-License-Identifier: GPL-2.0-only
// The supervisor is killed and another one carries on; and each case in which it must not.
#include "support/back_end_bench.hpp"
#include "support/fake_partition.hpp"

#include <amp/virtio/device_state.hpp>
#include <amp/virtio/registers.hpp>

#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <launch.hpp>
#include <notify.hpp>
#include <privileges.hpp>
#include <random>
#include <sstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace amp::test;
namespace fs = std::filesystem;

namespace {

const nlohmann::json rng = {{"name", "rng0"}, {"type", "rng"}, {"backend", "getrandom"}};
constexpr std::uint32_t running = 0xf; // ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK

void kill_supervisor(BackEndBench& bench, bool worker_too) {
    const pid_t supervisor = bench.supervisor(), worker = bench.worker();
    REQUIRE(::kill(supervisor, SIGKILL) == 0);
    if (worker_too)
        static_cast<void>(::kill(worker, SIGKILL)); // may have ended with it
}

// A guest whose driver works with the device: what carries on, and what is void.
struct Bench : BackEndBench {
    explicit Bench(const Devices& devices = {rng}) : BackEndBench(devices), guest(*module, 0) {
        begin();
        guest.probe(all_features_of_queues, 1);
        REQUIRE(guest.status() == running);
    }
    // The supervisor is killed, something happens, the next one serves.
    template <typename F> void killed_and_begun(F between) {
        const pid_t before = supervisor(), worker_before = worker();
        kill_supervisor(*this, false);
        wait_for_end(before);
        wait_for_end(worker_before);
        between();
        begin();
        CHECK(supervisor() != before);
    }
    void check_carried_on() {
        CHECK(guest.status() == running);
        CHECK_THAT(log(), Catch::Contains("carries on with"));
    }
    void check_void(const std::string& why) {
        CHECK(guest.status() == 0);
        CHECK_THAT(log(), Catch::Contains("not carried on, the devices begin as after a reset") && Catch::Contains(why));
        CHECK_FALSE(fs::is_symlink(state()));
        struct stat info {};
        REQUIRE(::lstat(state().c_str(), &info) == 0);
        CHECK(S_ISREG(info.st_mode));
        CHECK((info.st_mode & 07777) == 0600);
        guest.probe(all_features_of_queues, 1); // and can be used again
        CHECK(guest.status() == running);
    }
    [[nodiscard]] std::string state() const { return run_path("virtio.state"); }
    [[nodiscard]] std::string log() const { return text_of(run_path("virtio.log")); }
    void write_config(const std::string& was, const std::string& is) {
        std::string config = text_of(run_path("virtio.json"));
        REQUIRE(config.find(was) != std::string::npos);
        put_text(run_path("virtio.json"), config.replace(config.find(was), was.size(), is));
    }

    GuestDevice guest;
};

} // namespace

TEST_CASE("A killed supervisor's successor carries on with the driver's session") {
    Bench bench;
    for (int i = 0; i < 3; ++i) {
        bench.killed_and_begun([] {});
        bench.check_carried_on();
        bench.guest.add(0, {{bench.guest.buffer_gpa(0), 16, true}});
        bench.guest.kick(0);
        CHECK(bench.guest.wait_used(0).written == 16);
    }
    struct stat info {};
    REQUIRE(::stat(bench.state().c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);
    CHECK(info.st_blocks * 512 >= info.st_size); // nothing of it is still to be found room for
}

TEST_CASE("What the guest asks for while nobody is there is answered by the next one") {
    Bench bench;
    bench.killed_and_begun([&] {
        bench.guest.add(0, {{bench.guest.buffer_gpa(0), 64, true}});
        bench.guest.kick(0);
    });
    CHECK(bench.guest.wait_used(0).written == 64);
}

TEST_CASE("SIGTERM while the partition is there leaves its state to the next supervisor; its end does not") {
    Bench bench;
    const pid_t supervisor = bench.supervisor();
    REQUIRE(::kill(supervisor, SIGTERM) == 0);
    bench.wait_for_end(supervisor);
    CHECK(fs::exists(bench.state()));
    CHECK_FALSE(fs::exists(bench.run_path("virtio.pid")));
    bench.begin();
    bench.check_carried_on();
    const pid_t next = bench.supervisor();
    bench.module->destroy();
    bench.wait_for_end(next);
    CHECK_FALSE(fs::exists(bench.state()));
}

TEST_CASE("Another partition of the same name never resumes") {
    Bench bench;
    bench.killed_and_begun([&] { bench.module->instance = "1.2"; });
    bench.check_void("another partition");
}

TEST_CASE("Where the module tells no instance nothing is resumed") {
    Bench bench;
    bench.killed_and_begun([&] { bench.module->instance.clear(); });
    bench.check_void("does not tell");
    bench.killed_and_begun([] {});
    bench.check_void("does not tell");
}

TEST_CASE("A run that began while nobody was there finds nothing of the last one") {
    Bench bench;
    bench.killed_and_begun([&] { REQUIRE(bench.module->start()); });
    CHECK(bench.guest.status() == 0);
    CHECK_THAT(bench.log(), Catch::Contains("carries on with")); // the file is this partition's, its content void
}

TEST_CASE("Other devices make the state void") {
    Bench bench;
    SECTION("another name") {
        bench.killed_and_begun([&] { bench.write_config("rng0", "rng1"); });
    }
    SECTION("more memory, a longer text") {
        bench.killed_and_begun([&] { bench.write_config("[{\"gpa\"", "[{\"gpa\":0,\"size\":4096},{\"gpa\""); });
    }
    bench.check_void("other devices");
}

TEST_CASE("A file that is not as a supervisor left it is void") {
    Bench bench;
    const std::string state = bench.state(), aside = bench.directory.path("aside");
    const auto with = [&](const auto& act, const std::string& why) {
        bench.killed_and_begun(act);
        bench.check_void(why);
    };
    SECTION("shorter") { with([&] { fs::resize_file(state, fs::file_size(state) - 1); }, "(size)"); }
    SECTION("empty") { with([&] { fs::resize_file(state, 0); }, "(size)"); }
    SECTION("longer") { with([&] { fs::resize_file(state, fs::file_size(state) + 1); }, "(size)"); }
    SECTION("a symbolic link to the right thing") {
        with([&] { fs::rename(state, aside), fs::create_symlink(aside, state); }, "Too many levels of symbolic links");
        CHECK(fs::exists(aside));
    }
    SECTION("with a second name") { with([&] { fs::create_hard_link(state, aside); }, "one name"); }
    SECTION("for others to write") { with([&] { ::chmod(state.c_str(), 0666); }, "its mode"); }
    SECTION("a FIFO") { with([&] { fs::remove(state), ::mkfifo(state.c_str(), 0600); }, "no plain file"); }
    SECTION("another text behind the states") {
        with(
            [&] {
                std::fstream file(state, std::ios::in | std::ios::out | std::ios::binary);
                file.seekp(-1, std::ios::end).put('x');
            },
            "another version");
    }
    if (::geteuid() == 0)
        SECTION("of another user") { with([&] { REQUIRE(::chown(state.c_str(), 65534, 65534) == 0); }, "its owner"); }
}

TEST_CASE("Where a directory is in the state's place the call fails and says so") {
    BackEndBench bench(Devices{rng});
    fs::create_directories(bench.run_path("virtio.state/x"));
    const Launched launched = bench.launch();
    CHECK(launched.status == 1);
    CHECK_THAT(launched.errors, Catch::Contains("virtio.state: Is a directory"));
}

TEST_CASE("States full of nonsense end in a device that needs a reset, never in a dead worker") {
    Bench bench;
    std::mt19937 random(7);
    for (int i = 0; i < 20; ++i) {
        bench.killed_and_begun([&] {
            std::fstream file(bench.state(), std::ios::in | std::ios::out | std::ios::binary);
            // Behind magic, version, size, id, queues and run, without which all of it is void.
            file.seekp(offsetof(amp::virtio::DeviceState, status));
            for (std::size_t at = 0; at < sizeof(amp::virtio::DeviceState) - offsetof(amp::virtio::DeviceState, status); ++at)
                file.put(static_cast<char>(random()));
        });
        static_cast<void>(bench.guest.status()); // answered
        bench.guest.probe(all_features_of_queues, 1);
        CHECK(bench.guest.status() == running);
        CHECK(bench.status().at("restarts") == 0);
    }
}

TEST_CASE("A file that is cut off under a worker ends no more than workers, and the next supervisor makes another") {
    Bench bench;
    fs::resize_file(bench.state(), 0);
    const pid_t worker = bench.worker();
    bench.module->kick(0, 0);
    static_cast<void>(::kill(worker, SIGKILL)); // where it did not look at its state
    REQUIRE(bench.module->until([&] { return bench.status().at("restarts") >= 1; }));
    REQUIRE(bench.module->until([&] { return text_of(bench.run_path("virtio.log")).find("0 bytes") != std::string::npos; }));
    bench.killed_and_begun([] {});
    bench.check_void("(size)");
}

TEST_CASE("While the killed worker is still there, the next supervisor waits for its end") {
    Bench bench;
    const pid_t supervisor = bench.supervisor();
    kill_supervisor(bench, true);
    bench.wait_for_end(supervisor);
    REQUIRE(bench.module->until([&] { return !bench.module->is_served(0); }));
    // A process that lives, in the worker's place: this test's child, which is on record with its start time.
    const pid_t other = ::fork();
    REQUIRE(other >= 0);
    if (other == 0) {
        ::pause();
        ::_exit(0);
    }
    const std::string stat = text_of("/proc/" + std::to_string(other) + "/stat");
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    std::string started;
    for (int field = 3; field <= 22; ++field)
        fields >> started;
    SECTION("in vain: it says whom it waited for, and the record stays") {
        put_text(bench.run_path("virtio.pid"), "1\nworker " + std::to_string(other) + " " + started + "\n");
        const Launched launched = bench.launch();
        CHECK(launched.status == 1);
        CHECK_THAT(launched.errors, Catch::Contains("the earlier worker, process " + std::to_string(other)));
        CHECK_THAT(text_of(bench.run_path("virtio.pid")), Catch::Contains("worker " + std::to_string(other)));
    }
    SECTION("until it is there") {
        put_text(bench.run_path("virtio.pid"), "1\nworker " + std::to_string(other) + " " + started + "\n");
        const pid_t caller = bench.start_launch();
        for (int i = 0; i < 20; ++i)
            bench.module->pump(10);
        CHECK_FALSE(bench.module->is_served(0));
        REQUIRE(::kill(other, SIGKILL) == 0);
        int status = -1;
        REQUIRE(bench.module->until([&] { return ::waitpid(caller, &status, WNOHANG) == caller; }));
        CHECK(status == 0);
    }
    SECTION("a number that is another process' by now is nobody") {
        put_text(bench.run_path("virtio.pid"), "1\nworker " + std::to_string(other) + " 1\n");
        bench.begin();
        bench.check_carried_on();
    }
    static_cast<void>(::kill(other, SIGKILL));
    ::waitpid(other, nullptr, 0);
    bench.begin();
    bench.check_carried_on();
}

namespace {

// What systemd hears.
struct NotifySocket {
    explicit NotifySocket(std::string name) : path(std::move(name)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
        REQUIRE(::bind(socket.get(), generic, sizeof(address)) == 0);
    }
    std::string heard() const {
        std::string text(256, '\0');
        const ssize_t size = ::recv(socket.get(), text.data(), text.size(), MSG_DONTWAIT);
        text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return text;
    }
    std::string path;
    amp::virtio::OwnedFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

} // namespace

TEST_CASE("As systemd runs it: READY=1 when all is served, also by another, in whose place it comes") {
    BackEndBench bench(Devices{rng});
    const NotifySocket notified(bench.directory.path("notify"));
    const auto start = [&] {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            amp::backend::close_all_but({}); // the module's ends are the test's
            ::setenv("NOTIFY_SOCKET", notified.path.c_str(), 1);
            FakeOpener opener(bench.module->path());
            ::_exit(amp::backend::launch({"web", "", true}, opener, bench.directory.path("run")));
        }
        return child;
    };
    const auto hears_ready = [&] { return notified.heard().rfind("READY=1\n", 0) == 0; };
    const auto status_of = [&](pid_t child) {
        int status = -1;
        REQUIRE(bench.module->until([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    const pid_t first = start();
    REQUIRE(bench.module->until(hears_ready));
    CHECK(bench.supervisor() == first);
    const pid_t second = start();
    REQUIRE(bench.module->until(hears_ready));
    CHECK(bench.supervisor() == first);
    REQUIRE(::kill(first, SIGKILL) == 0);
    CHECK(status_of(first) == -1);
    REQUIRE(bench.module->until([&] {
        const auto status = nlohmann::json::parse(text_of(bench.run_path("virtio.status")), nullptr, false);
        return status.is_object() && status.at("supervisor") == second && status.at("ready");
    }));
    REQUIRE(bench.module->until(hears_ready)); // the second again, which serves by itself now
    const pid_t third = start();
    REQUIRE(bench.module->until(hears_ready));
    bench.module->destroy();
    CHECK(status_of(second) == 0);
    CHECK(status_of(third) == 0);
}

TEST_CASE("A notify socket that can't be told is an error in words") {
    ::setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
    CHECK_THAT(amp::backend::notify_ready().error(), Catch::Contains("/nowhere/notify: No such file or directory"));
    ::setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);
    CHECK_THAT(amp::backend::notify_ready().error(), Catch::Contains("too long"));
    ::unsetenv("NOTIFY_SOCKET");
    CHECK(amp::backend::notify_ready());
}
