// SPDX-License-Identifier: GPL-2.0-only
#include "disk_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace amp::virtio {
namespace {

std::string failed(const std::string& path) { return path + ": " + std::strerror(errno); }

// The lock belongs to the open file, which requests of a killed worker keep open until they have ended: who gets it knows that
// no write of an earlier worker comes any more.
bool lock(int fd, bool read_only) {
    struct flock whole {};
    whole.l_type = read_only ? F_RDLCK : F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

Outcome<Done> measure(DiskFile& disk, const std::string& path, bool is_block_device, const struct stat& info) {
    if (!is_block_device) {
        disk.bytes = static_cast<std::uint64_t>(info.st_size);
        return Done{};
    }
    int block_size = 0;
    if (::ioctl(disk.fd.get(), BLKGETSIZE64, &disk.bytes) != 0 || ::ioctl(disk.fd.get(), BLKSSZGET, &block_size) != 0)
        return Err{failed(path)};
    disk.block_size = static_cast<std::uint32_t>(block_size);
    return Done{};
}

} // namespace

Outcome<DiskFile> open_disk_file(const std::string& path, bool read_only) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return Err{failed(path)};
    const bool is_block_device = S_ISBLK(info.st_mode);
    if (!is_block_device && !S_ISREG(info.st_mode))
        return Err{path + ": neither a file nor a block device"};
    // O_EXCL: a block device that dom0 has mounted is not opened for writing.
    const int exclusive = is_block_device && !read_only ? O_EXCL : 0;
    DiskFile disk;
    disk.fd = OwnedFd(::open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | exclusive | O_CLOEXEC | O_NOCTTY));
    if (!disk.fd)
        return Err{failed(path) + (errno == EBUSY ? "; it is mounted, or a partition has it" : "") +
                   (errno == EROFS || errno == EACCES ? "; \"read-only\": true may be meant" : "")};
    if (!lock(disk.fd.get(), read_only)) {
        if (errno == EAGAIN || errno == EACCES)
            return Err{path + ": another process has it locked (another partition, or a tool that works on the image)"};
        return Err{failed(path)};
    }
    // Size by the open file: the path may be another's by now.
    if (::fstat(disk.fd.get(), &info) != 0)
        return Err{failed(path)};
    if (auto measured = measure(disk, path, is_block_device, info); !measured)
        return Err{measured.error()};
    if (disk.bytes < 512)
        return Err{path + ": has " + std::to_string(disk.bytes) + " bytes, less than a sector of 512"};
    return disk;
}

} // namespace amp::virtio
