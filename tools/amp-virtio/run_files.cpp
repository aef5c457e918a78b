// SPDX-License-Identifier: GPL-2.0-only
#include "run_files.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace amp::backend {

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

Outcome<Done> RunFiles::make_directory() const {
    const std::string parent = directory_.substr(0, directory_.rfind('/'));
    for (const std::string& path : {parent, directory_})
        if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
            return Err{failed(path)};
    return Done{};
}

Outcome<Done> replace_file(const std::string& path, std::string_view text) {
    const std::string next = path + ".new";
    const virtio::OwnedFd file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file)
        return Err{failed(next)};
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return Err{failed(next)};
    if (::rename(next.c_str(), path.c_str()) != 0)
        return Err{failed(path)};
    return Done{};
}

Outcome<Done> replace_link(const std::string& path, const std::string& target) {
    const std::string next = path + ".new";
    ::unlink(next.c_str());
    if (::symlink(target.c_str(), next.c_str()) != 0)
        return Err{failed(next)};
    if (::rename(next.c_str(), path.c_str()) != 0)
        return Err{failed(path)};
    return Done{};
}

} // namespace amp::backend
