// SPDX-License-Identifier: GPL-2.0-only
// The registers that set up queues, behind QueueSel. A queue's state is made whole before QueueReady says so.
#include "amp/virtio/transport.hpp"

#include <algorithm>
#include <bit>

#include "amp/base/bits.hpp"
#include "amp/virtio/access.hpp"
#include "amp/virtio/registers.hpp"

namespace amp::virtio {
namespace {

void store_low(std::uint64_t& address, std::uint32_t value) {
    store_release(address, (address & ~std::uint64_t{UINT32_MAX}) | value);
}

void store_high(std::uint64_t& address, std::uint32_t value) {
    store_release(address, (address & UINT32_MAX) | (std::uint64_t{value} << 32));
}

} // namespace

std::uint32_t Transport::queue_size_max(unsigned index) const {
    return std::bit_floor(std::min(device_.queue_size_max(index), queue_size_limit));
}

unsigned Transport::queue_count() const {
    return std::min(device_.queue_count(), queues_max);
}

std::uint32_t Transport::read_queue_register(std::uint32_t offset) const {
    const std::uint32_t index = state_.queue_sel;
    if (index >= queue_count()) {
        return 0;
    }
    return offset == reg::queue_num_max ? queue_size_max(index) : state_.queues[index].ready;
}

void Transport::write_queue_register(std::uint32_t offset, std::uint32_t value) {
    const std::uint32_t index = state_.queue_sel;
    if (index >= queue_count()) {
        return;
    }
    if (offset == reg::queue_ready) {
        write_queue_ready(index, value);
        return;
    }
    QueueState& queue = state_.queues[index];
    if (queue.ready != 0) {
        return;
    }
    switch (offset) {
    case reg::queue_num:
        // A size that can't be makes a queue that can't get ready.
        store_release(queue.size, is_power_of_two(value) && value <= queue_size_max(index) ? value : 0);
        break;
    case reg::queue_desc_low: store_low(queue.desc, value); break;
    case reg::queue_desc_high: store_high(queue.desc, value); break;
    case reg::queue_driver_low: store_low(queue.driver, value); break;
    case reg::queue_driver_high: store_high(queue.driver, value); break;
    case reg::queue_device_low: store_low(queue.device, value); break;
    case reg::queue_device_high: store_high(queue.device, value); break;
    default: break;
    }
}

void Transport::write_queue_ready(unsigned index, std::uint32_t value) {
    QueueState& queue = state_.queues[index];
    if (value == 0) {
        stop_queue(index);
        return;
    }
    // Queues are set up before DRIVER_OK (3.1.1); afterwards only VIRTIO_F_RING_RESET would allow it, which is not offered.
    if (value != 1 || queue.ready != 0 || (state_.status & status::driver_ok) != 0) {
        return;
    }
    if (const QueueError error = check_rings(memory_, queue); error != QueueError::none) {
        broken(index, error);
        return;
    }
    std::fill(std::begin(queue.in_flight), std::end(queue.in_flight), 0);
    queue.progress = 0;
    queue.broken = 0;
    store_release(queue.ready, std::uint32_t{1});
}

void Transport::stop_queue(unsigned index) {
    if (queues_[index]) {
        device_.stop_queue(index);
        queues_[index].reset();
    }
    store_release(state_.queues[index].ready, std::uint32_t{0});
}

} // namespace amp::virtio
