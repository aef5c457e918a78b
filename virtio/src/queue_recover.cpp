// SPDX-License-Identifier: GPL-2.0-only
// A queue's start, which is also its way back after a worker died: finish what was decided, find what is in flight. The
// state is checked like foreign input: the worker that wrote it may have been the guest's.
#include "amp/virtio/queue.hpp"

#include <algorithm>

#include "amp/base/bits.hpp"
#include "amp/virtio/access.hpp"

namespace amp::virtio {
namespace {

bool is_good(const GuestMemory& memory, std::uint64_t gpa, std::uint64_t alignment, std::uint64_t bytes) {
    return is_aligned(gpa, alignment) && memory.at(gpa, bytes) != nullptr;
}

} // namespace

QueueError check_rings(const GuestMemory& memory, const QueueState& state) {
    if (!is_power_of_two(state.size) || state.size > queue_size_limit) {
        return QueueError::bad_size;
    }
    const auto size = static_cast<std::uint16_t>(state.size);
    const bool good = is_good(memory, state.desc, descriptor_area_alignment, descriptor_area_bytes(size)) &&
                      is_good(memory, state.driver, driver_area_alignment, driver_area_bytes(size)) &&
                      is_good(memory, state.device, device_area_alignment, device_area_bytes(size));
    return good ? QueueError::none : QueueError::bad_address;
}

bool Queue::start(std::uint64_t features) {
    if (is_broken()) {
        return false;
    }
    if (const QueueError error = check_rings(*memory_, *state_); error != QueueError::none) {
        give_up(error);
        return false;
    }
    size_ = static_cast<std::uint16_t>(state_->size);
    desc_ = memory_->at(state_->desc, descriptor_area_bytes(size_));
    driver_ = memory_->at(state_->driver, driver_area_bytes(size_));
    device_ = memory_->at(state_->device, device_area_bytes(size_));
    features_ = features;
    if (!recover()) {
        give_up(QueueError::state_corrupt);
        return false;
    }
    return true;
}

bool Queue::recover() {
    const std::uint32_t progress = load_acquire(state_->progress);
    const std::uint16_t logged = logged_of(progress);
    if (logged > size_) {
        return false;
    }
    if (logged != 0) {
        const bool in_range = std::all_of(state_->log, state_->log + logged,
                                          [this](const UsedElement& element) { return element.head < size_; });
        if (!in_range) {
            return false;
        }
        publish(used_index_of(progress), logged);
    }
    used_index_ = signalled_ = static_cast<std::uint16_t>(used_index_of(progress) + logged);
    find_in_flight();
    // Each available entry that was taken is either in flight or used.
    next_available_ = available_ = static_cast<std::uint16_t>(used_index_ + in_flight_);
    return order_ != UINT64_MAX;
}

void Queue::find_in_flight() {
    for (std::uint16_t head = 0; head < size_; head++) {
        if (state_->in_flight[head] != 0) {
            replay_.push_back(head);
            order_ = std::max(order_, state_->in_flight[head]);
        }
    }
    std::sort(replay_.begin(), replay_.end(),
              [this](std::uint16_t a, std::uint16_t b) { return state_->in_flight[a] > state_->in_flight[b]; });
    in_flight_ = static_cast<std::uint16_t>(replay_.size());
}

} // namespace amp::virtio
