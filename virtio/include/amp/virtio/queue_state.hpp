// SPDX-License-Identifier: GPL-2.0-only
// What a queue has to remember beyond the death of its worker, in memory that the supervisor keeps. Written by Queue and
// Transport only, in an order that makes sense after any instruction (docs/virtio.md); read by the next worker, which
// believes nothing of it without a check.
#pragma once

#include <cstdint>

#include "amp/virtio/layout.hpp"

namespace amp::virtio {

struct QueueState {
    // What the driver said. Fixed while ready.
    std::uint64_t desc;
    std::uint64_t driver;
    std::uint64_t device;
    std::uint32_t size;
    std::uint32_t ready;

    /// Not 0: a QueueError; nobody touches the queue any more.
    std::uint32_t broken;
    /// Used index in the low half, in the high half how many entries of `log` are decided and perhaps not yet in the used
    /// ring. One word, so that both change at once.
    std::uint32_t progress;
    /// Per head: 0, or taken from the available ring and not reported yet; the number gives the order. One word: taken and
    /// when change at once. The next available index is not stored: it is the used index plus the number of heads in flight.
    std::uint64_t in_flight[queue_size_limit];
    UsedElement log[queue_size_limit];
};
static_assert(sizeof(QueueState) == 40 + 16 * queue_size_limit);

constexpr std::uint16_t used_index_of(std::uint32_t progress) {
    return static_cast<std::uint16_t>(progress);
}
constexpr std::uint16_t logged_of(std::uint32_t progress) {
    return static_cast<std::uint16_t>(progress >> 16);
}
constexpr std::uint32_t progress_of(std::uint16_t used_index, std::uint16_t logged) {
    return (std::uint32_t{logged} << 16) | used_index;
}

} // namespace amp::virtio
