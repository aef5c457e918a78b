// SPDX-License-Identifier: GPL-2.0-only
// A configuration space kept as a structure, read as bytes from wherever the guest asks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace amp::virtio {

template <typename T> void copy_configuration(const T& configuration, std::uint32_t offset, std::span<std::byte> to) {
    const auto bytes = std::as_bytes(std::span(&configuration, 1));
    if (offset >= bytes.size())
        return;
    const std::size_t size = std::min(to.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + offset, size, to.begin());
}

} // namespace amp::virtio
