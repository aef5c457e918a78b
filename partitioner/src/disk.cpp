// SPDX-License-Identifier: GPL-2.0-only
// The machine's own files. procfs and sysfs report no size, so files are read to their end.
#include "amp/partitioner/disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace amp {

namespace {

struct FileDescriptor {
    int fd;
    ~FileDescriptor() {
        if (fd >= 0) {
            ::close(fd);
        }
    }
};

// An image or tree larger than this is a mistake.
constexpr std::size_t file_size_max = std::size_t{1} << 30;

FileKind kind_of(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return FileKind::file;
    case S_IFDIR:
        return FileKind::directory;
    case S_IFBLK:
        return FileKind::block_device;
    case S_IFSOCK:
        return FileKind::socket;
    default:
        return FileKind::other;
    }
}

// Why a file is not read at all, in the words of which the system has none.
std::optional<std::string> refusal(int fd) {
    struct stat status;
    if (::fstat(fd, &status) != 0) {
        return std::strerror(errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return std::strerror(EISDIR);
    }
    if (!S_ISREG(status.st_mode)) {
        return "it is a pipe or device, not a file";
    }
    if (status.st_size > static_cast<off_t>(file_size_max)) {
        return std::strerror(EFBIG);
    }
    return std::nullopt;
}

Result<Bytes, std::string> read_to_end(int fd) {
    Bytes bytes;
    for (;;) {
        static constexpr std::size_t step = 64 * 1024;
        const std::size_t size = bytes.size();
        bytes.resize(size + step);
        const ssize_t count = ::read(fd, bytes.data() + size, step);
        const int error = errno;
        bytes.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count < 0 && error != EINTR) {
            return Err{std::string(std::strerror(error))};
        }
        if (count == 0) {
            return bytes;
        }
        if (bytes.size() > file_size_max) {
            return Err{std::string(std::strerror(EFBIG))};
        }
    }
}

} // namespace

Result<Bytes, std::string> RealDisk::read(const std::string& path) const {
    // Not blocking: to open a pipe would wait for its writer.
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (file.fd < 0) {
        return Err{std::string(std::strerror(errno))};
    }
    if (auto why = refusal(file.fd)) {
        return Err{std::move(*why)};
    }
    return read_to_end(file.fd);
}

FileKind RealDisk::kind(const std::string& path) const {
    struct stat status;
    return ::stat(path.c_str(), &status) == 0 ? kind_of(status.st_mode) : FileKind::none;
}

std::vector<std::string> RealDisk::list(const std::string& directory) const {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), &::closedir);
    if (!stream) {
        return names;
    }
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string RealDisk::absolute(const std::string& path) const {
    std::error_code error;
    const auto whole = std::filesystem::absolute(path, error);
    return error ? path : whole.string();
}

std::string RealDisk::canonical(const std::string& path) const {
    std::error_code error;
    const auto whole = std::filesystem::weakly_canonical(path, error);
    return error ? absolute(path) : whole.string();
}

std::string RealDisk::resolve_link(const std::string& path) const {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) {
        return {};
    }
    const std::unique_ptr<char, void (*)(void*)> target(::realpath(path.c_str(), nullptr), &::free);
    return target ? std::string(target.get()) : std::string();
}

} // namespace amp
