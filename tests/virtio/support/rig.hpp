// SPDX-License-Identifier: GPL-2.0-only
// One queue with a driver at its other end, and an owner that counts what it is told.
#ifndef AMP_TESTS_VIRTIO_RIG_HPP
#define AMP_TESTS_VIRTIO_RIG_HPP

#include <memory>

#include "amp/virtio/queue.hpp"
#include "driver.hpp"
#include "ram.hpp"

namespace amp::test {

class Owner final : public virtio::QueueOwner {
public:
    void used(unsigned) override { interrupts++; }
    void broken(unsigned, virtio::QueueError why) override {
        breaks++;
        error = why;
    }

    unsigned interrupts = 0;
    unsigned breaks = 0;
    virtio::QueueError error = virtio::QueueError::none;
};

constexpr std::uint64_t all_features =
    virtio::feature::version_1 | virtio::feature::indirect_desc | virtio::feature::event_idx;

struct Rig {
    explicit Rig(std::uint16_t size = 8, std::uint64_t agreed = all_features)
        : features(agreed), driver(ram.data(), size, (agreed & virtio::feature::event_idx) != 0),
          state(std::make_unique<virtio::QueueState>()) {
        driver.describe(*state);
        restart();
    }

    /// Another worker on the same state.
    bool restart() {
        queue = std::make_unique<virtio::Queue>(ram.memory(), *state, 0, owner);
        return queue->start(features);
    }
    /// Both sides as if so many chains had been through already.
    void start_at(std::uint16_t index) {
        driver.start_at(index);
        state->progress = index;
        restart();
    }

    std::uint64_t buffer(std::uint64_t offset = 0) const { return Driver::gpa_of(Driver::buffers_offset + offset); }
    std::byte* buffer_bytes(std::uint64_t offset = 0) { return ram.data() + Driver::buffers_offset + offset; }

    Ram ram;
    std::uint64_t features;
    Driver driver;
    Owner owner;
    std::unique_ptr<virtio::QueueState> state;
    std::unique_ptr<virtio::Queue> queue;
    virtio::Chain chain;
};

} // namespace amp::test

#endif
