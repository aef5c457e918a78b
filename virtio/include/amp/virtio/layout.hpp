// SPDX-License-Identifier: GPL-2.0-only
// Numbers and layouts of virtio 1.2 that the device side needs: feature bits, device status, split rings (2.7). Data only.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "amp/abi/partition.h"

namespace amp::virtio {

static_assert(std::endian::native == std::endian::little, "virtio's fields are little-endian and are used as they are");

constexpr unsigned queues_max = AMP_VIRTIO_QUEUES_MAX;
/// Largest queue that any device of ours offers. The state of a queue has room for so many.
constexpr std::uint16_t queue_size_limit = 1024;
/// Most descriptors in one chain, its indirect table included: IOV_MAX, so that a chain fits one readv(). Linux' drivers
/// fill indirect tables that are longer than the queue, so the queue's size bounds direct chains only.
constexpr unsigned chain_max = 1024;

namespace feature {
constexpr std::uint64_t bit(unsigned number) {
    return std::uint64_t{1} << number;
}
constexpr std::uint64_t indirect_desc = bit(28);
constexpr std::uint64_t event_idx = bit(29);
constexpr std::uint64_t version_1 = bit(32);
/// Bits 24 to 49 belong to queues and transport, or to the future (2.2): the library offers what it can of them, a device
/// none.
constexpr std::uint64_t reserved = (bit(50) - 1) & ~(bit(24) - 1);
} // namespace feature

/// Device status field (2.1).
namespace status {
constexpr std::uint32_t acknowledge = 1;
constexpr std::uint32_t driver = 2;
constexpr std::uint32_t driver_ok = 4;
constexpr std::uint32_t features_ok = 8;
constexpr std::uint32_t needs_reset = 64;
constexpr std::uint32_t failed = 128;
} // namespace status

/// 2.7.5: one element of the descriptor table.
struct Descriptor {
    std::uint64_t address;
    std::uint32_t length;
    std::uint16_t flags;
    std::uint16_t next;
};
static_assert(sizeof(Descriptor) == 16);

namespace descriptor_flag {
constexpr std::uint16_t next = 1;
constexpr std::uint16_t write = 2;
constexpr std::uint16_t indirect = 4;
} // namespace descriptor_flag

/// 2.7.8: one element of the used ring.
struct UsedElement {
    std::uint32_t head;
    std::uint32_t written;
};
static_assert(sizeof(UsedElement) == 8);

constexpr std::uint16_t avail_no_interrupt = 1; ///< in flags of the available ring (2.7.6)
constexpr std::uint16_t used_no_notify = 1;     ///< in flags of the used ring (2.7.8)

/// 2.7: alignment and bytes of a queue's three parts; the event index's two bytes are always part of them.
constexpr std::uint64_t descriptor_area_alignment = 16;
constexpr std::uint64_t driver_area_alignment = 2;
constexpr std::uint64_t device_area_alignment = 4;
constexpr std::uint64_t descriptor_area_bytes(std::uint16_t size) {
    return std::uint64_t{sizeof(Descriptor)} * size;
}
constexpr std::uint64_t driver_area_bytes(std::uint16_t size) {
    return 6 + std::uint64_t{2} * size;
}
constexpr std::uint64_t device_area_bytes(std::uint16_t size) {
    return 6 + std::uint64_t{sizeof(UsedElement)} * size;
}

/// 2.7.10: whether moving an index from `before` to `now` passes `event`, which asks to be told.
constexpr bool passes_event(std::uint16_t event, std::uint16_t before, std::uint16_t now) {
    return static_cast<std::uint16_t>(now - event - 1) < static_cast<std::uint16_t>(now - before);
}

} // namespace amp::virtio
