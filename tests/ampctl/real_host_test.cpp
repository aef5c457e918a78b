// SPDX-License-Identifier: GPL-2.0-only
// The real files and processes, in a directory of their own.
#include "real_host.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>

using namespace amp::ctl;

namespace {

struct Folder {
    std::string path;
    Folder() {
        char name[] = "/tmp/amp-real-host-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string operator/(const std::string& name) const { return path + "/" + name; }
};

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777u;
}

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void make_script(const std::string& path, const std::string& text) {
    std::ofstream(path) << "#!/bin/sh\n" << text;
    REQUIRE(::chmod(path.c_str(), 0755) == 0);
}

} // namespace

TEST_CASE("directories are made with their parent, files for their owner alone") {
    const Folder folder;
    const mode_t before = ::umask(022);
    RealHost host("");
    REQUIRE(host.make_directory(folder / "amp/motor"));
    REQUIRE(host.make_directory(folder / "amp/motor"));
    CHECK(mode_of(folder / "amp/motor") == 0755);
    const std::string file = folder / "amp/motor/virtio.json";
    REQUIRE(host.write_private(file, "one"));
    REQUIRE(host.write_private(file, "two"));
    CHECK(text_of(file) == "two");
    CHECK(mode_of(file) == 0600);
    ::umask(before);
    CHECK_FALSE(host.write_private(folder / "none/virtio.json", "x"));
    std::ofstream(folder / "file") << "x";
    CHECK_FALSE(host.make_directory(folder / "file/motor"));
}

TEST_CASE("a file that a link was put in place of is not written through it") {
    const Folder folder;
    RealHost host("");
    std::ofstream(folder / "victim") << "precious";
    for (const std::string name : {"virtio.json", "virtio.json.new"})
        std::filesystem::create_symlink(folder / "victim", folder / name);
    REQUIRE(host.write_private(folder / "virtio.json", "text"));
    CHECK(text_of(folder / "victim") == "precious");
    CHECK(text_of(folder / "virtio.json") == "text");
}

TEST_CASE("removing a directory removes links, not what they lead to") {
    const Folder folder;
    RealHost host("");
    REQUIRE(host.make_directory(folder / "amp/motor"));
    std::ofstream(folder / "precious") << "x";
    std::filesystem::create_symlink(folder / "precious", folder / "amp/motor/con0");
    std::filesystem::create_directory_symlink(folder.path, folder / "amp/motor/dir");
    REQUIRE(host.remove_directory(folder / "amp/motor"));
    CHECK_FALSE(std::filesystem::exists(folder / "amp/motor"));
    CHECK(text_of(folder / "precious") == "x");
    CHECK(host.remove_directory(folder / "amp/motor"));
}

TEST_CASE("the back end gets the partition's name, default signals and no input; its exit status comes back") {
    const Folder folder;
    make_script(folder / "amp-virtio", "echo \"$1 $#\" > \"$0.seen\"\ncat >> \"$0.seen\"\necho to nobody\n"
                                       "kill -PIPE $$\nexit 3\n");
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    RealHost host(folder / "amp-virtio");
    const auto status = host.run_back_end("motor");
    std::signal(SIGPIPE, before);
    REQUIRE(status);
    CHECK(*status == 128 + SIGPIPE); // not ignored, as it is here
    CHECK(text_of(folder / "amp-virtio.seen") == "motor 1\n");
    make_script(folder / "amp-virtio", "exit 3\n");
    CHECK(*host.run_back_end("motor") == 3);
    const auto missing = RealHost(folder / "none").run_back_end("motor");
    REQUIRE_FALSE(missing);
    CHECK(missing.error() == "No such file or directory");
}

TEST_CASE("waiting for a process ends with it, or with the time") {
    RealHost host("");
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGTERM, SIG_DFL); // the test program's own handler is for tests
        for (;;)
            ::pause();
    }
    CHECK_FALSE(host.wait_for_end(child, std::chrono::milliseconds(1)));
    CHECK(host.ask_to_end(child));
    CHECK(host.wait_for_end(child, std::chrono::seconds(30)));
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WTERMSIG(status) == SIGTERM);
    CHECK(host.wait_for_end(child, std::chrono::milliseconds(0))); // long gone
    CHECK(host.ask_to_end(child));
}

TEST_CASE("a terminal has one user") {
    const FileDescriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(master);
    REQUIRE(::grantpt(master.get()) == 0);
    REQUIRE(::unlockpt(master.get()) == 0);
    const std::string path = ::ptsname(master.get());
    RealHost host("");
    {
        const auto first = host.open_terminal(path);
        REQUIRE(first);
        const auto second = host.open_terminal(path);
        REQUIRE_FALSE(second);
        CHECK(second.error() == "another ampctl is attached to it");
        char byte = 0;
        CHECK(::read(first->get(), &byte, 1) == -1);
        CHECK(errno == EAGAIN);
    }
    CHECK(host.open_terminal(path));
    CHECK_FALSE(host.open_terminal("/tmp/no-such-terminal"));
}
