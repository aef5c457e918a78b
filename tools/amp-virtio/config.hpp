// SPDX-License-Identifier: GPL-2.0-only
// virtio.json: the devices of one partition and where its memory is. Written by `ampctl create`, read once at the start;
// docs/decisions/0004-virtio.md shows one.
#pragma once

#include <amp/virtio/devices/settings.hpp>
#include <amp/virtio/memory.hpp>
#include <amp/virtio/outcome.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace amp::backend {

using virtio::Done;
using virtio::Outcome;

struct Config {
    std::string partition;
    std::vector<virtio::MemoryRange> memory;
    std::vector<virtio::DeviceSettings> devices;
};

// `source` names the text in messages.
Outcome<Config> parse_config(std::string_view text, const std::string& source);
Outcome<Config> read_config(const std::string& path);

} // namespace amp::backend
