// SPDX-License-Identifier: GPL-2.0-only
// The file or block device behind a disk: opened, locked against a second user, measured.
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <cstdint>
#include <string>

namespace amp::virtio {

struct DiskFile {
    OwnedFd fd;
    std::uint64_t bytes = 0;
    std::uint32_t block_size = 512;
};

Outcome<DiskFile> open_disk_file(const std::string& path, bool read_only);

} // namespace amp::virtio
