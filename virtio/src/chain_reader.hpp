// SPDX-License-Identifier: GPL-2.0-only
// Turns a head into a Chain: follows descriptors and at most one indirect table, with each rule of 2.7.5 checked on copies.
// Queue's helper; it knows nothing of the rings' indices.
#pragma once

#include <cstdint>
#include <span>

#include "amp/virtio/chain.hpp"
#include "amp/virtio/memory.hpp"
#include "amp/virtio/queue.hpp"

namespace amp::virtio {

class ChainReader {
public:
    /// table: the queue's descriptors, `size` of them; mapped and aligned.
    ChainReader(const GuestMemory& memory, const std::byte* table, std::uint16_t size, bool indirect)
        : memory_(memory), table_(table), size_(size), indirect_(indirect) {}

    /// head: below size. Where it fails, the chain is empty.
    QueueError read(std::uint16_t head, Chain& chain) const;

private:
    QueueError follow(const std::byte* table, std::uint32_t entries, std::uint32_t first, bool nested, Chain& chain) const;
    QueueError follow_indirect(const Descriptor& descriptor, Chain& chain) const;
    QueueError add(const Descriptor& descriptor, Chain& chain) const;

    const GuestMemory& memory_;
    const std::byte* table_;
    std::uint16_t size_;
    bool indirect_;
};

} // namespace amp::virtio
