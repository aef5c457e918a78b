// SPDX-License-Identifier: GPL-2.0-only
// Begin and end of a driver's work with the device: runs, activation, reset, DEVICE_NEEDS_RESET, and what passes in between.
#include "amp/virtio/transport.hpp"

#include <algorithm>

#include "amp/virtio/access.hpp"

namespace amp::virtio {

bool Transport::is_ours(std::uint64_t run) const {
    return load_acquire(state_.magic) == device_state_magic && state_.version == device_state_version &&
           state_.bytes == sizeof(DeviceState) && state_.device_id == device_.id() && state_.queue_count == queue_count() &&
           state_.run == run;
}

void Transport::begin_run(std::uint64_t run) {
    begun_ = true;
    if (!is_ours(run)) {
        end_session();
        // Void until the magic is back, so that half a clean-up is never mistaken for somebody's state.
        store_release(state_.magic, std::uint64_t{0});
        death_barrier();
        clear_registers();
        state_.version = device_state_version;
        state_.bytes = sizeof(DeviceState);
        state_.device_id = device_.id();
        state_.queue_count = queue_count();
        state_.run = run;
        store_release(state_.magic, device_state_magic);
        return;
    }
    if (active_ || (state_.status & status::driver_ok) == 0) {
        return;
    }
    if ((state_.status & status::needs_reset) != 0) {
        guest_.config_changed(); // the earlier worker may have died before it said so
    } else if (!agrees()) {
        needs_reset(); // this worker's device is not the one that the driver made friends with
    } else {
        activate(true);
    }
}

void Transport::activate(bool resumed) {
    active_ = true;
    resumed_ = resumed;
    for (unsigned index = 0; index < queue_count(); index++) {
        if (state_.queues[index].ready != 0) {
            start_queue(index);
        }
    }
    if (!device_.activate(*this)) {
        end_session();
        needs_reset();
        return;
    }
    for (unsigned index = 0; index < queue_count(); index++) {
        if (resumed && queues_[index]) {
            guest_.used(index); // the earlier worker may have died between used ring and interrupt
        }
        notified(index);
    }
    if (resumed) {
        guest_.config_changed();
    }
}

// Where it fails the queue is broken, and the driver is told (again, where an earlier worker found it).
void Transport::start_queue(unsigned index) {
    QueueState& state = state_.queues[index];
    if (state.size > queue_size_max(index)) {
        broken(index, QueueError::bad_size);
        return;
    }
    QueueOwner& owner = *this;
    queues_[index].emplace(memory_, state, index, owner);
    if (!queues_[index]->start(features())) {
        queues_[index].reset();
        needs_reset();
    }
}

void Transport::end_session() {
    device_.reset();
    std::fill(queues_.begin(), queues_.end(), std::nullopt);
    active_ = resumed_ = false;
}

// Status 0 comes after the device has let go and before the rest is cleared: whoever finds it there finds nothing to resume.
void Transport::reset() {
    end_session();
    store_release(state_.status, std::uint32_t{0});
    death_barrier();
    clear_registers();
}

void Transport::clear_registers() {
    state_.status = 0;
    state_.device_features_sel = state_.driver_features_sel = state_.queue_sel = 0;
    state_.driver_features[0] = state_.driver_features[1] = state_.driver_features_beyond = 0;
    std::fill(std::begin(state_.scratch), std::end(state_.scratch), std::byte{0});
    for (QueueState& queue : state_.queues) {
        // in_flight and log are prepared when the queue gets ready: the pages of queues that nobody uses are never touched.
        queue.desc = queue.driver = queue.device = 0;
        queue.size = queue.ready = queue.broken = queue.progress = 0;
    }
}

Queue* Transport::queue(unsigned index) {
    return index < queues_max && queues_[index] ? &*queues_[index] : nullptr;
}

void Transport::notified(std::uint32_t index) {
    if (active_ && index < queues_max && queues_[index] && !queues_[index]->is_broken()) {
        device_.notified(index);
    }
}

void Transport::used(unsigned index) {
    guest_.used(index);
}

void Transport::broken(unsigned index, QueueError error) {
    store_release(state_.queues[index].broken, static_cast<std::uint32_t>(error));
    needs_reset();
}

void Transport::needs_reset() {
    store_release(state_.status, state_.status | status::needs_reset);
    if ((state_.status & status::driver_ok) != 0) {
        guest_.config_changed(); // 2.1.2
    }
}

void Transport::config_changed() {
    store_release(state_.config_generation, state_.config_generation + 1);
    if ((state_.status & status::driver_ok) != 0) {
        guest_.config_changed();
    }
}

QueueError Transport::queue_error(unsigned index) const {
    return index < queues_max ? QueueError{state_.queues[index].broken} : QueueError::none;
}

} // namespace amp::virtio
