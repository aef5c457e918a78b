// SPDX-License-Identifier: GPL-2.0-only
// The driver's end of a split virtqueue (virtio 1.2, 2.7) over buffers with fixed addresses: descriptor n is buffer n, always. The
// device is a guest, so nothing is read back but the used ring, and that is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "amp/abi/rpmsg.h"

namespace amp::rpmsg {

class DriverVring {
public:
    struct Used {
        std::uint32_t id;
        std::uint32_t length;
    };

    // memory: at least amp_vring_size(num, align) bytes, aligned to 16.
    DriverVring(std::span<std::byte> memory, std::uint32_t num, std::uint32_t align);

    std::uint32_t size() const { return num_; }

    // Zeroes the ring; nothing is available.
    void reset();
    // Goes on with a ring that an earlier life of ours filled. refilled: each buffer that came back was made available again
    // when it had been looked at, so that the available index tells how many were. Else what the device gave back counts as
    // taken. False: the indices make no sense.
    bool resume(bool refilled);

    // Descriptor id: where its buffer is in guest-physical memory. flags: 0 or AMP_VRING_WRITE.
    void describe(std::uint32_t id, std::uint64_t address, std::uint32_t length, std::uint16_t flags);
    // Hands buffer id to the device.
    void make_available(std::uint32_t id);
    // A buffer that nobody else has, or nothing.
    std::optional<std::uint32_t> free_buffer() const;

    // The next buffer that the device gave back. broken() afterwards: what it gave back was not its own.
    std::optional<Used> take_used();
    bool has_used() const;
    bool broken() const { return broken_; }
    // Whether the device wants to be notified of what became available.
    bool need_notify() const;

private:
    amp_vring_desc* desc() const;
    std::uint16_t* avail() const; // flags, index, ring
    std::uint16_t* used() const;  // flags, index, entries

    std::span<std::byte> memory_;
    std::uint32_t num_, align_;
    std::uint16_t available_ = 0; // our index, free-running
    std::uint16_t consumed_ = 0;  // of the used ring, free-running
    std::vector<bool> with_device_;
    bool broken_ = false;
};

} // namespace amp::rpmsg
