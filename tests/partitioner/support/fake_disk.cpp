// SPDX-License-Identifier: GPL-2.0-only
#include "support/fake_disk.hpp"

#include <set>
#include <stdexcept>

namespace amp::test {

Result<Bytes, std::string> FakeDisk::read(const std::string& path) const {
    const auto found = files_.find(path);
    if (found == files_.end()) {
        return Err{std::string("No such file or directory")};
    }
    return found->second;
}

FileKind FakeDisk::kind(const std::string& path) const {
    if (const auto found = specials_.find(path); found != specials_.end()) {
        return found->second;
    }
    if (files_.contains(path)) {
        return FileKind::file;
    }
    return list(path).empty() ? FileKind::none : FileKind::directory;
}

std::vector<std::string> FakeDisk::list(const std::string& directory) const {
    std::set<std::string> names;
    const std::string prefix = directory + "/";
    const auto take = [&](const std::string& path) {
        if (path.starts_with(prefix)) {
            names.insert(path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size()));
        }
    };
    for (const auto& file : files_) {
        take(file.first);
    }
    for (const auto& link : links_) {
        take(link.first);
    }
    return {names.begin(), names.end()};
}

std::string FakeDisk::absolute(const std::string& path) const {
    return path.starts_with('/') ? path : "/here/" + path;
}

std::string FakeDisk::canonical(const std::string& path) const {
    const std::string target = resolve_link(path);
    return absolute(target.empty() ? path : target);
}

std::string FakeDisk::resolve_link(const std::string& path) const {
    const auto found = links_.find(path);
    return found == links_.end() ? std::string() : found->second;
}

Bytes source_bytes(const std::string& path) {
    auto bytes = RealDisk().read(std::string(AMP_SOURCE_DIR) + "/" + path);
    if (!bytes) {
        throw std::runtime_error(path + ": " + bytes.error());
    }
    return *std::move(bytes);
}

std::string source_text(const std::string& path) {
    const Bytes bytes = source_bytes(path);
    return {bytes.begin(), bytes.end()};
}

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

} // namespace amp::test
