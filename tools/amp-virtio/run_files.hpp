// SPDX-License-Identifier: GPL-2.0-only
// The files of one partition's back end under /run/amp/<partition>: their names, atomic replacement, removal. Only the supervisor
// writes there; a worker has no way to.
#pragma once

#include "config.hpp"

#include <string>
#include <string_view>

namespace amp::backend {

class RunFiles {
public:
    RunFiles(const std::string& run_directory, const std::string& partition) : directory_(run_directory + "/" + partition) {}

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] std::string config() const { return directory_ + "/virtio.json"; }
    [[nodiscard]] std::string pid() const { return directory_ + "/virtio.pid"; }
    [[nodiscard]] std::string status() const { return directory_ + "/virtio.status"; }
    [[nodiscard]] std::string state() const { return directory_ + "/virtio.state"; }
    [[nodiscard]] std::string log() const { return directory_ + "/virtio.log"; }
    [[nodiscard]] std::string link(const std::string& device) const { return directory_ + "/" + device; }

    [[nodiscard]] Outcome<Done> make_directory() const;

private:
    std::string directory_;
};

// Readers see the old text or the new one.
Outcome<Done> replace_file(const std::string& path, std::string_view text);
Outcome<Done> replace_link(const std::string& path, const std::string& target);

// "path: No such file or directory": from errno.
std::string failed(const std::string& what);

} // namespace amp::backend
