// SPDX-License-Identifier: GPL-2.0-only
// All shared words are read once, by atomic loads. Our own state is what counts; the device may write anything into the ring.
#include "amp/rpmsg/vring.hpp"

#include <atomic>
#include <cstring>

namespace amp::rpmsg {

namespace {

// Index in an array of 16-bit words: flags, index, then entries.
constexpr std::size_t index_word = 1, ring_word = 2;

} // namespace

DriverVring::DriverVring(std::span<std::byte> memory, std::uint32_t num, std::uint32_t align)
    : memory_(memory), num_(num), align_(align), with_device_(num) {}

amp_vring_desc* DriverVring::desc() const { return reinterpret_cast<amp_vring_desc*>(memory_.data()); }

std::uint16_t* DriverVring::avail() const {
    return reinterpret_cast<std::uint16_t*>(memory_.data() + amp_vring_avail_offset(num_));
}

std::uint16_t* DriverVring::used() const {
    return reinterpret_cast<std::uint16_t*>(memory_.data() + amp_vring_used_offset(num_, align_));
}

void DriverVring::reset() {
    std::memset(memory_.data(), 0, amp_vring_size(num_, align_));
    available_ = consumed_ = 0;
    with_device_.assign(num_, false);
    broken_ = false;
}

bool DriverVring::resume(bool refilled) {
    available_ = std::atomic_ref(avail()[index_word]).load(std::memory_order_relaxed);
    const std::uint16_t used_index = std::atomic_ref(used()[index_word]).load(std::memory_order_acquire);
    consumed_ = refilled ? static_cast<std::uint16_t>(available_ - num_) : used_index;
    const auto outstanding = static_cast<std::uint16_t>(available_ - consumed_);
    with_device_.assign(num_, false);
    broken_ = outstanding > num_ || static_cast<std::uint16_t>(used_index - consumed_) > outstanding;
    for (std::uint16_t i = 0; i < outstanding && !broken_; ++i) {
        const std::uint32_t slot = static_cast<std::uint16_t>(consumed_ + i) & (num_ - 1);
        const std::uint32_t id = std::atomic_ref(avail()[ring_word + slot]).load(std::memory_order_relaxed);
        broken_ = id >= num_ || with_device_[id];
        if (!broken_) {
            with_device_[id] = true;
        }
    }
    return !broken_;
}

void DriverVring::describe(std::uint32_t id, std::uint64_t address, std::uint32_t length, std::uint16_t flags) {
    desc()[id] = {address, length, flags, 0};
}

void DriverVring::make_available(std::uint32_t id) {
    with_device_[id] = true;
    std::atomic_ref(avail()[ring_word + (available_ & (num_ - 1))])
        .store(static_cast<std::uint16_t>(id), std::memory_order_relaxed);
    ++available_;
    // Release, partner: the device's acquire of the available index; entry, descriptor and buffer before.
    std::atomic_ref(avail()[index_word]).store(available_, std::memory_order_release);
}

std::optional<std::uint32_t> DriverVring::free_buffer() const {
    for (std::uint32_t id = 0; id < num_; ++id) {
        if (!with_device_[id]) {
            return id;
        }
    }
    return std::nullopt;
}

std::optional<DriverVring::Used> DriverVring::take_used() {
    // Acquire, partner: the device's release of the used index after entry and buffer.
    const std::uint16_t index = std::atomic_ref(used()[index_word]).load(std::memory_order_acquire);
    if (broken_ || index == consumed_) {
        return std::nullopt;
    }
    amp_vring_used_entry entry;
    const auto* entries = reinterpret_cast<const std::byte*>(used() + ring_word);
    std::memcpy(&entry, entries + sizeof entry * (consumed_ & (num_ - 1)), sizeof entry);
    const auto ahead = static_cast<std::uint16_t>(index - consumed_);
    if (ahead > num_ || entry.id >= num_ || !with_device_[entry.id]) {
        broken_ = true;
        return std::nullopt;
    }
    with_device_[entry.id] = false;
    ++consumed_;
    return Used{entry.id, entry.length};
}

bool DriverVring::has_used() const {
    return !broken_ && std::atomic_ref(used()[index_word]).load(std::memory_order_acquire) != consumed_;
}

bool DriverVring::need_notify() const {
    // Our available index before the device's flag; partner: the device's barrier between its flag and its next look.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return (std::atomic_ref(used()[0]).load(std::memory_order_relaxed) & AMP_VRING_USED_NO_NOTIFY) == 0;
}

} // namespace amp::rpmsg
