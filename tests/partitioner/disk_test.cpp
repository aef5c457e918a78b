// SPDX-License-Identifier: GPL-2.0-only
// The real disk, with what a path may lead to by mistake or malice: none of it may keep ampctl waiting or fill memory.
#include "amp/partitioner/disk.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace amp;

namespace {

class Folder {
public:
    Folder() { REQUIRE(::mkdtemp(path_) != nullptr); }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string operator/(const std::string& name) const { return std::string(path_) + "/" + name; }

private:
    char path_[32] = "/tmp/amp-disk-test-XXXXXX";
};

std::string why_not(const std::string& path) {
    const auto bytes = RealDisk().read(path);
    return bytes ? "" : bytes.error();
}

} // namespace

TEST_CASE("files are read, and those of procfs, which tell no size") {
    const Folder folder;
    std::ofstream(folder / "a b'\n.bin") << std::string(100000, 'x');
    const auto bytes = RealDisk().read(folder / "a b'\n.bin");
    REQUIRE(bytes);
    CHECK(bytes->size() == 100000);
    CHECK_FALSE(RealDisk().read("/proc/self/status").value().empty());
}

TEST_CASE("a pipe without a writer, devices and sockets are refused at once") {
    const Folder folder;
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(why_not(folder / "pipe") == "it is a pipe or device, not a file");
    CHECK(why_not("/dev/zero") == "it is a pipe or device, not a file");
    CHECK(why_not(folder / "") == "Is a directory");
    CHECK(why_not(folder / "none") == "No such file or directory");
    CHECK(why_not(folder / "pipe/below") == "Not a directory");
    CHECK(why_not(std::string(5000, 'x')) == "File name too long");
}

TEST_CASE("a file of more than 1 GiB is refused before any of it is read") {
    const Folder folder;
    std::ofstream(folder / "large") << "x";
    std::filesystem::resize_file(folder / "large", (std::uintmax_t{1} << 30) + 1);
    CHECK(why_not(folder / "large") == "File too large");
}

TEST_CASE("kinds of files") {
    const Folder folder;
    std::ofstream(folder / "file") << "x";
    std::filesystem::create_symlink("file", folder / "link");
    std::filesystem::create_symlink("nothing", folder / "dangling");
    std::filesystem::create_symlink("loop", folder / "loop");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder / "socket").copy(address.sun_path, sizeof address.sun_path - 1);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(listener);
    const RealDisk disk;
    CHECK(disk.kind(folder / "file") == FileKind::file);
    CHECK(disk.kind(folder / "link") == FileKind::file);
    CHECK(disk.kind(folder / "dangling") == FileKind::none);
    CHECK(disk.kind(folder / "loop") == FileKind::none);
    CHECK(disk.kind(folder / "") == FileKind::directory);
    CHECK(disk.kind(folder / "socket") == FileKind::socket);
    CHECK(disk.kind("/dev/null") == FileKind::other);
}
