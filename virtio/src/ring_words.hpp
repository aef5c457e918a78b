// SPDX-License-Identifier: GPL-2.0-only
// Where the words of a split ring lie (virtio 1.2, 2.7.6 and 2.7.8). Addresses only: how they are accessed is access.hpp's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "amp/virtio/layout.hpp"

namespace amp::virtio {

template <typename T>
T& word_at(std::byte* area, std::size_t offset) {
    return *static_cast<T*>(static_cast<void*>(area + offset));
}

// Flags and index lead both rings.
inline std::uint16_t& ring_flags(std::byte* area) {
    return word_at<std::uint16_t>(area, 0);
}
inline std::uint16_t& ring_index(std::byte* area) {
    return word_at<std::uint16_t>(area, 2);
}
inline std::uint16_t& available_entry(std::byte* driver, std::uint16_t size, std::uint16_t index) {
    return word_at<std::uint16_t>(driver, 4 + std::size_t{2} * (index & (size - 1u)));
}
// The driver's wish: interrupt me when this used entry is there.
inline std::uint16_t& used_event(std::byte* driver, std::uint16_t size) {
    return word_at<std::uint16_t>(driver, 4 + std::size_t{2} * size);
}
// Aligned to 4 only, hence two words.
inline std::uint32_t& used_head(std::byte* device, std::uint16_t size, std::uint16_t index) {
    return word_at<std::uint32_t>(device, 4 + sizeof(UsedElement) * (index & (size - 1u)));
}
inline std::uint32_t& used_written(std::byte* device, std::uint16_t size, std::uint16_t index) {
    return word_at<std::uint32_t>(device, 8 + sizeof(UsedElement) * (index & (size - 1u)));
}
// Our wish: kick me when this available entry is there.
inline std::uint16_t& available_event(std::byte* device, std::uint16_t size) {
    return word_at<std::uint16_t>(device, 4 + sizeof(UsedElement) * size);
}

} // namespace amp::virtio
