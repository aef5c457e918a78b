// SPDX-License-Identifier: GPL-2.0-only
// The only way the partitioner reads files, so that tests can hand it a disk that exists in memory. RealDisk is the
// machine's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "amp/base/result.hpp"

namespace amp {

using Bytes = std::vector<std::uint8_t>;

enum class FileKind { none, file, directory, block_device, socket, other };

class Disk {
public:
    virtual ~Disk() = default;
    // The whole file, or why not, in the system's words ("No such file or directory"). Only of what is a file: a pipe may
    // never end, and a device has no end.
    virtual Result<Bytes, std::string> read(const std::string& path) const = 0;
    // What a path leads to, through symbolic links.
    virtual FileKind kind(const std::string& path) const = 0;
    bool exists(const std::string& path) const { return kind(path) != FileKind::none; }
    bool is_directory(const std::string& path) const { return kind(path) == FileKind::directory; }
    // Names in a directory, sorted, without . and ..; empty where there is no such directory.
    virtual std::vector<std::string> list(const std::string& directory) const = 0;
    // A relative path from the working directory on.
    virtual std::string absolute(const std::string& path) const = 0;
    // The same without symbolic links, as far as the path exists: equal for two names of one file.
    virtual std::string canonical(const std::string& path) const = 0;
    // Where a symbolic link points to, as an absolute path; empty for anything else.
    virtual std::string resolve_link(const std::string& path) const = 0;
};

class RealDisk final : public Disk {
public:
    Result<Bytes, std::string> read(const std::string& path) const override;
    FileKind kind(const std::string& path) const override;
    std::vector<std::string> list(const std::string& directory) const override;
    std::string absolute(const std::string& path) const override;
    std::string canonical(const std::string& path) const override;
    std::string resolve_link(const std::string& path) const override;
};

} // namespace amp
