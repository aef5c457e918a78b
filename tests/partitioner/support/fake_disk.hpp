// SPDX-License-Identifier: GPL-2.0-only
// A disk in memory: files by path, directories as far as files imply them, symbolic links.
#pragma once

#include <map>

#include "amp/partitioner/disk.hpp"

namespace amp::test {

class FakeDisk final : public Disk {
public:
    void write(const std::string& path, const std::string& text) { files_[path] = Bytes(text.begin(), text.end()); }
    void write(const std::string& path, Bytes bytes) { files_[path] = std::move(bytes); }
    // Something that can't be read.
    void write(const std::string& path, FileKind kind) { specials_[path] = kind; }
    void link(const std::string& path, const std::string& target) { links_[path] = target; }

    Result<Bytes, std::string> read(const std::string& path) const override;
    FileKind kind(const std::string& path) const override;
    std::vector<std::string> list(const std::string& directory) const override;
    // The working directory is /here.
    std::string absolute(const std::string& path) const override;
    std::string canonical(const std::string& path) const override;
    std::string resolve_link(const std::string& path) const override;

private:
    std::map<std::string, Bytes> files_;
    std::map<std::string, FileKind> specials_;
    std::map<std::string, std::string> links_;
};

// A file of the source tree.
std::string source_text(const std::string& path_below_source);
Bytes source_bytes(const std::string& path_below_source);
Bytes bytes_of(std::string_view);

} // namespace amp::test
