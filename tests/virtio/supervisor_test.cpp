// SPDX-License-Identifier: GPL-2.0-only
// The two processes of a back end: who has which privileges, what happens when one ends, and what the caller hears.
#include "support/back_end_bench.hpp"

#include <backoff.hpp>
#include <log_file.hpp>
#include <privileges.hpp>
#include <report.hpp>

#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace amp::test;
using namespace amp::backend;
using amp::virtio::OwnedFd;

namespace {

const nlohmann::json rng = {{"name", "rng0"}, {"type", "rng"}, {"backend", "getrandom"}};
const nlohmann::json pty = {{"name", "con0"}, {"type", "console"}, {"backend", "pty"}};

std::string status_line(pid_t process, const std::string& name) {
    const std::string all = text_of("/proc/" + std::to_string(process) + "/status");
    const std::size_t at = all.find("\n" + name + ":");
    REQUIRE(at != std::string::npos);
    const std::size_t value = all.find_first_not_of(" \t", at + name.size() + 2);
    return all.substr(value, all.find('\n', value) - value);
}

// The worker's end of what it talks to its supervisor by; what a guest that has taken the worker over has.
OwnedFd reports_of(pid_t worker, pid_t supervisor) {
    const OwnedFd process(static_cast<int>(::syscall(SYS_pidfd_open, worker, 0)));
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(worker) + "/fd")) {
        const int number = std::stoi(entry.path().filename());
        OwnedFd fd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), number, 0)));
        ucred peer{};
        socklen_t size = sizeof(peer);
        if (fd && ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == supervisor)
            return fd;
    }
    return {};
}

} // namespace

TEST_CASE("A worker has no privileges, and no descriptor that could do more than its devices") {
    BackEndBench bench(Devices{rng, pty});
    bench.begin();
    const pid_t worker = bench.worker();
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
        if (::geteuid() == 0 || std::string(set) != "CapBnd")
            CHECK(status_line(worker, set) == "0000000000000000");
    }
    CHECK(status_line(worker, "NoNewPrivs") == "1");
    CHECK(status_line(worker, "Seccomp") == "2");
    if (::geteuid() == 0) {
        CHECK(status_line(worker, "Uid") == "65534\t65534\t65534\t65534");
        CHECK(status_line(worker, "Gid") == "65534\t65534\t65534\t65534");
        CHECK(status_line(worker, "Groups").find_first_of("0123456789") == std::string::npos);
    } else {
        WARN("not root: there was no user to change");
    }
    const std::string proc = "/proc/" + std::to_string(worker);
    CHECK(std::filesystem::read_symlink(proc + "/cwd") == "/");
    unsigned sockets = 0;
    for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd")) {
        const std::string target = std::filesystem::read_symlink(entry.path()).string();
        INFO(target);
        if (target.rfind("socket:", 0) == 0)
            ++sockets;
        CHECK(target.find("memfd") == std::string::npos);
        CHECK(target.find("virtio.") == std::string::npos);
        CHECK(target.find("/dev/pts") == std::string::npos);
    }
    CHECK(sockets == 3); // two devices and the supervisor; not the partition's
}

TEST_CASE("A process without privileges reaches no other, no file by name and no network") {
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (!give_up_privileges(parent, Sockets::none))
            ::_exit(100);
        const auto refused = [](long result) { return result < 0 && errno == EPERM; };
        int number = 1; // of the first that was not refused
        for (const bool one : {refused(::kill(parent, 0)), refused(::open("/dev/null", O_RDONLY)),
                               refused(::socket(AF_INET, SOCK_STREAM, 0)), refused(::execl("/bin/true", "true", nullptr)),
                               refused(::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr)), refused(::setuid(0)),
                               refused(::syscall(SYS_io_uring_setup, 1, nullptr))}) {
            if (!one)
                ::_exit(number);
            ++number;
        }
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    // As another user than root, setuid(0) fails for that reason already.
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("The supervisor starts the next worker, and waits longer when they die young") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    const pid_t supervisor = bench.supervisor();
    for (int i = 1; i <= 4; ++i) {
        bench.crash_worker();
        CHECK(bench.status().at("restarts") == i);
        CHECK(bench.supervisor() == supervisor);
    }
    CHECK_THAT(bench.status().at("last-error").get<std::string>(), Catch::Contains("killed by signal 9"));
    CHECK_THAT(text_of(bench.run_path("virtio.log")), Catch::Contains("the next worker starts in 100 ms"));
    CHECK_THAT(text_of(bench.run_path("virtio.pid")), Catch::StartsWith(std::to_string(supervisor) + "\n"));
}

TEST_CASE("A worker does not outlive its supervisor, and the next call begins anew") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    const pid_t supervisor = bench.supervisor(), worker = bench.worker();
    REQUIRE(::kill(supervisor, SIGKILL) == 0);
    bench.wait_for_end(supervisor);
    bench.wait_for_end(worker);
    bench.begin();
    CHECK(bench.supervisor() != supervisor);
}

TEST_CASE("SIGTERM ends both and removes their files") {
    BackEndBench bench(Devices{rng, pty});
    bench.begin();
    const pid_t supervisor = bench.supervisor(), worker = bench.worker();
    REQUIRE(::kill(supervisor, SIGTERM) == 0);
    bench.wait_for_end(supervisor);
    bench.wait_for_end(worker);
    for (const char* name : {"virtio.pid", "virtio.status", "virtio.log", "con0"})
        CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(bench.run_path(name))));
    CHECK(std::filesystem::exists(bench.run_path("virtio.json"))); // not ours
}

TEST_CASE("The end of the partition is the end of its back end") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    const pid_t supervisor = bench.supervisor(), worker = bench.worker();
    bench.module->destroy();
    bench.wait_for_end(supervisor);
    bench.wait_for_end(worker);
    CHECK_FALSE(std::filesystem::exists(bench.run_path("virtio.status")));
}

TEST_CASE("A worker that never stops talking keeps its supervisor from nothing") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    const pid_t supervisor = bench.supervisor(), worker = bench.worker();
    const OwnedFd reports = reports_of(worker, supervisor);
    if (!reports) {
        WARN("no descriptor of another process may be had here: not tried");
        return;
    }
    const pid_t talker = ::fork();
    REQUIRE(talker >= 0);
    if (talker == 0)
        close_all_but({reports.get()}); // the module's ends have to close with it
    for (unsigned turn = 0; talker == 0; ++turn) {
        const std::string text = encode({Report::Kind::device, {}, 0, {turn % 2, false}});
        if (::send(reports.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0)
            ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100)); // of talk, no more than that
    if (GENERATE(false, true))
        bench.module->destroy();
    else
        CHECK(::kill(supervisor, SIGTERM) == 0);
    bench.wait_for_end(supervisor);
    bench.wait_for_end(worker);
    CHECK(::kill(talker, SIGKILL) == 0);
    CHECK(::waitpid(talker, nullptr, 0) == talker);
}

TEST_CASE("A second call finds the partition served") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    const pid_t supervisor = bench.supervisor();
    const Launched again = bench.launch();
    CHECK(again.status == 0);
    CHECK(again.errors.empty());
    CHECK(bench.supervisor() == supervisor);
    CHECK(bench.status().at("restarts") == 0);
}

TEST_CASE("Calls at the same time: all hear that the partition is served, by one supervisor") {
    BackEndBench bench(Devices{rng, pty});
    std::vector<pid_t> callers;
    for (int i = 0; i < 4; ++i)
        callers.push_back(bench.start_launch());
    for (const pid_t caller : callers) {
        int status = -1;
        REQUIRE(bench.module->until([&] { return ::waitpid(caller, &status, WNOHANG) == caller; }));
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
    bench.begin(); // served already
    CHECK(bench.status().at("restarts") == 0);
    CHECK(bench.module->connections(0) >= 1);
}

TEST_CASE("What is missing is told, and the next call may work") {
    BackEndBench bench(Devices{rng, {{"name", "net0"}, {"type", "net"}, {"backend", "vhost-net:amp-no-such-if/"}}});
    Launched launched = bench.launch();
    CHECK(launched.status == 1);
    CHECK_THAT(launched.errors, Catch::StartsWith("amp-virtio: error: net0: TAP 'amp-no-such-if/': not a name"));
    CHECK_FALSE(std::filesystem::exists(bench.run_path("virtio.pid")));
    CHECK_FALSE(std::filesystem::exists(bench.run_path("virtio.status")));
}

TEST_CASE("A configuration that is not this partition's is refused") {
    BackEndBench bench(Devices{rng});
    const std::string config = text_of(bench.run_path("virtio.json"));
    std::string other = config;
    put_text(bench.run_path("virtio.json"), other.replace(other.find("web"), 3, "wob"));
    CHECK_THAT(bench.launch().errors, Catch::Contains("is of partition 'wob', not of 'web'"));
    other = config;
    other.replace(other.find("\"getrandom\""), 11, "\"pty\"");
    put_text(bench.run_path("virtio.json"), other.replace(other.find("\"rng\""), 5, "\"console\""));
    CHECK_THAT(bench.launch().errors, Catch::Contains("the partition's device 0 has id 4 and 1 queues, a console device has 3 and 2"));
}

TEST_CASE("A status that nobody can write costs no device") {
    BackEndBench bench(Devices{rng});
    std::filesystem::create_directory(bench.run_path("virtio.status.new"));
    const Launched launched = bench.launch();
    CHECK(launched.status == 0);
    CHECK_THAT(text_of(bench.run_path("virtio.log")), Catch::Contains("virtio.status.new"));
}

TEST_CASE("Back-off: at once, then longer and longer, and at once again after a long life") {
    using Time = Backoff::Time;
    Backoff backoff;
    const Time young{10}, old{2000};
    CHECK(backoff.after_death(young) == Time{0});
    CHECK(backoff.after_death(young) == Time{100});
    CHECK(backoff.after_death(young) == Time{200});
    for (int i = 0; i < 10; ++i)
        backoff.after_death(young);
    CHECK(backoff.after_death(young) == Time{5000});
    CHECK(backoff.after_death(old) == Time{0});
    CHECK(backoff.after_death(young) == Time{100});
}

TEST_CASE("The log is bounded and obeys no terminal's commands") {
    TemporaryDirectory place;
    {
        LogFile log(place.path("log"), false);
        log.line("\x1b[2Jred\n");
        for (int i = 0; i < 1000; ++i)
            log.line("line");
    }
    const std::string text = text_of(place.path("log"));
    CHECK_THAT(text, Catch::Contains("?[2Jred?"));
    CHECK(std::count(text.begin(), text.end(), '\n') < 200); // 50 in a second
    LogFile log(place.path("big"), false);
    for (int i = 0; i < 20; ++i)
        log.line(std::string(32 * 1024, 'x'));
    CHECK(std::filesystem::file_size(place.path("big")) <= LogFile::limit);
    CHECK(std::filesystem::file_size(place.path("big.old")) <= LogFile::limit);
}

TEST_CASE("Reports that make no sense are none") {
    for (const char* text : {"", "x", "ready ", "device", "device 1", "device a b c", "device -1"})
        CHECK_FALSE(decode(text));
    CHECK(decode("ready"));
    CHECK(decode("device 3 2 1")->state.driver_ok);
    const Report report{Report::Kind::log, std::string(5000, 'x'), 0, {}};
    CHECK(encode(report).size() == report_limit);
}
