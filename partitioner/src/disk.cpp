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

// An image or tree larger than this is a mistake (a device, an endless pipe).
constexpr std::size_t file_size_max = std::size_t{1} << 30;

} // namespace

Result<Bytes, std::string> RealDisk::read(const std::string& path) const {
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) {
        return Err{std::string(std::strerror(errno))};
    }
    Bytes bytes;
    for (;;) {
        static constexpr std::size_t step = 64 * 1024;
        const std::size_t size = bytes.size();
        bytes.resize(size + step);
        const ssize_t count = ::read(file.fd, bytes.data() + size, step);
        bytes.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count < 0 && errno != EINTR) {
            return Err{std::string(std::strerror(errno))};
        }
        if (count == 0) {
            return bytes;
        }
        if (bytes.size() > file_size_max) {
            return Err{std::string("File too large")};
        }
    }
}

bool RealDisk::exists(const std::string& path) const {
    struct stat status;
    return ::stat(path.c_str(), &status) == 0;
}

bool RealDisk::is_directory(const std::string& path) const {
    struct stat status;
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
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
