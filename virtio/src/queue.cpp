// SPDX-License-Identifier: GPL-2.0-only
// A queue's course of work: take, complete, show, notify. What is done after a death is queue_recover.cpp's.
#include "amp/virtio/queue.hpp"

#include "amp/virtio/access.hpp"
#include "chain_reader.hpp"
#include "ring_words.hpp"

namespace amp::virtio {

bool Queue::pop(Chain& chain) {
    if (is_broken()) {
        return false;
    }
    if (!replay_.empty()) {
        const std::uint16_t head = replay_.back();
        replay_.pop_back();
        chain.replayed_ = true;
        return read_chain(chain, head);
    }
    if (next_available_ == available_ && !look_for_more()) {
        return false;
    }
    const std::uint16_t head = load_once(available_entry(driver_, size_, next_available_));
    if (head >= size_) {
        give_up(QueueError::head_out_of_range);
        return false;
    }
    if (state_->in_flight[head] != 0) {
        give_up(QueueError::head_in_flight);
        return false;
    }
    // Taken. Release keeps the takes in their order, which recovery counts on.
    store_release(state_->in_flight[head], ++order_);
    next_available_++;
    in_flight_++;
    chain.replayed_ = false;
    return read_chain(chain, head);
}

bool Queue::look_for_more() {
    // Partner: the driver's barrier between writing an entry and the index (2.7.13.3).
    available_ = load_acquire(ring_index(driver_));
    const auto count = static_cast<std::uint16_t>(available_ - next_available_);
    if (count > size_) {
        give_up(QueueError::available_jumped);
        return false;
    }
    return count != 0;
}

bool Queue::read_chain(Chain& chain, std::uint16_t head) {
    const ChainReader reader(*memory_, desc_, size_, (features_ & feature::indirect_desc) != 0);
    const QueueError error = reader.read(head, chain);
    if (error != QueueError::none) {
        give_up(error);
    }
    return error == QueueError::none;
}

bool Queue::complete(std::uint16_t head, std::uint32_t written) {
    if (is_broken() || head >= size_ || state_->in_flight[head] == 0 || completed_[head]) {
        return false;
    }
    completed_[head] = true;
    state_->log[logged_++] = {head, written};
    return true;
}

void Queue::flush() {
    if (logged_ == 0 || is_broken()) {
        return;
    }
    // Decided: from here on these reports are made, if not by us then by the next worker.
    store_release(state_->progress, progress_of(used_index_, logged_));
    death_barrier();
    publish(used_index_, logged_);
    used_index_ = static_cast<std::uint16_t>(used_index_ + logged_);
    in_flight_ = static_cast<std::uint16_t>(in_flight_ - logged_);
    logged_ = 0;
    signal();
}

// Everything in here may be done twice, in part or altogether, with the same outcome.
void Queue::publish(std::uint16_t used_index, std::uint16_t count) {
    for (std::uint16_t i = 0; i < count; i++) {
        const UsedElement element = state_->log[i];
        const auto slot = static_cast<std::uint16_t>(used_index + i);
        store_once(used_head(device_, size_, slot), element.head);
        store_once(used_written(device_, size_, slot), element.written);
    }
    const auto after = static_cast<std::uint16_t>(used_index + count);
    // Partner: the driver's barrier between reading the index and an element (2.7.14).
    store_release(ring_index(device_), after);
    for (std::uint16_t i = 0; i < count; i++) {
        const std::uint32_t head = state_->log[i].head;
        store_once(state_->in_flight[head], std::uint64_t{0});
        completed_[head] = false;
    }
    store_release(state_->progress, progress_of(after, 0));
}

void Queue::signal() {
    // Partner: the driver's between storing used_event (or flags) and looking at the used index (2.7.7.1).
    full_barrier();
    const std::uint16_t before = signalled_;
    signalled_ = used_index_;
    bool wanted = false;
    if ((features_ & feature::event_idx) != 0) {
        wanted = !signalled_valid_ || passes_event(load_once(used_event(driver_, size_)), before, used_index_);
        signalled_valid_ = true;
    } else {
        wanted = (load_once(ring_flags(driver_)) & avail_no_interrupt) == 0;
    }
    if (wanted) {
        owner_->used(index_);
    }
}

bool Queue::enable_notifications() {
    if (is_broken()) {
        return true;
    }
    if ((features_ & feature::event_idx) != 0) {
        store_once(available_event(device_, size_), next_available_);
    } else {
        store_once(ring_flags(device_), std::uint16_t{0});
    }
    // Partner: the driver's between storing the available index and looking at avail_event or flags (2.7.13.4).
    full_barrier();
    return replay_.empty() && load_once(ring_index(driver_)) == next_available_;
}

void Queue::disable_notifications() {
    // With the event index there is nothing to do: the event that was passed already is not passed again for 65536 entries.
    if ((features_ & feature::event_idx) == 0 && !is_broken()) {
        store_once(ring_flags(device_), used_no_notify);
    }
}

void Queue::give_up(QueueError error) {
    if (is_broken()) {
        return;
    }
    store_release(state_->broken, static_cast<std::uint32_t>(error));
    owner_->broken(index_, error);
}

RawQueue Queue::raw() const {
    RawQueue raw;
    raw.size = size_;
    raw.desc = state_->desc;
    raw.driver = state_->driver;
    raw.device = state_->device;
    raw.desc_here = desc_;
    raw.driver_here = driver_;
    raw.device_here = device_;
    raw.next_available = load_once(ring_index(device_));
    return raw;
}

const char* to_text(QueueError error) {
    switch (error) {
    case QueueError::none: return "no error";
    case QueueError::bad_size: return "the queue's size is no power of two within the limit";
    case QueueError::bad_address: return "a part of the queue is misaligned or outside of the guest's memory";
    case QueueError::available_jumped: return "the available index moved by more than the queue's size";
    case QueueError::head_out_of_range: return "a descriptor number is out of range";
    case QueueError::head_in_flight: return "a chain was made available again before it was used";
    case QueueError::chain_loops: return "a descriptor chain has a loop";
    case QueueError::chain_too_long: return "a descriptor chain has too many descriptors";
    case QueueError::chain_too_big: return "a descriptor chain has more than 2^32 bytes";
    case QueueError::buffer_outside: return "a buffer is outside of the guest's memory";
    case QueueError::indirect_refused: return "an indirect descriptor where none is allowed, or of a wrong length";
    case QueueError::readable_after_writable: return "a readable descriptor behind a writable one";
    case QueueError::state_corrupt: return "the state that an earlier worker left is corrupt";
    case QueueError::given_up: return "the device gave up on the queue";
    case QueueError::refused: return "the kernel's vhost can't go on with what the driver put into it";
    }
    return "unknown error";
}

} // namespace amp::virtio
