// SPDX-License-Identifier: GPL-2.0-only
// The driver's half of 2.7.13 and 2.7.14.
#include "driver.hpp"

#include <cstdlib>
#include <cstring>
#include <numeric>

#include "amp/virtio/access.hpp"
#include "ram.hpp"

namespace amp::test {

using virtio::Descriptor;
namespace flag = virtio::descriptor_flag;

Driver::Driver(std::byte* memory, std::uint16_t size, bool event_idx)
    : memory_(memory), size_(size), event_idx_(event_idx), driver_offset_(virtio::descriptor_area_bytes(size)),
      device_offset_((driver_offset_ + virtio::driver_area_bytes(size) + 3) & ~std::size_t{3}),
      tables_offset_((device_offset_ + virtio::device_area_bytes(size) + 15) & ~std::size_t{15}) {
    if (tables_offset_ + std::size_t{16} * table_entries * size > buffers_offset) {
        std::abort(); // the test wants a larger queue than this layout has room for
    }
    restart();
}

std::uint64_t Driver::gpa_of(std::uint64_t offset) {
    return ram_gpa + offset;
}
std::uint64_t Driver::desc_gpa() const {
    return ram_gpa;
}
std::uint64_t Driver::driver_gpa() const {
    return ram_gpa + driver_offset_;
}
std::uint64_t Driver::device_gpa() const {
    return ram_gpa + device_offset_;
}

void Driver::describe(virtio::QueueState& state) const {
    state.desc = desc_gpa();
    state.driver = driver_gpa();
    state.device = device_gpa();
    state.size = size_;
    state.ready = 1;
}

void Driver::restart() {
    std::memset(memory_, 0, buffers_offset);
    free_.resize(size_);
    std::iota(free_.rbegin(), free_.rend(), std::uint16_t{0}); // taken from the end: 0 first
    chains_.assign(size_, {});
    outstanding_ = 0;
    next_ = shown_ = collected_ = 0;
}

void Driver::start_at(std::uint16_t index) {
    next_ = shown_ = collected_ = index;
    available_index() = used_index() = index;
}

std::uint16_t& Driver::half(std::size_t offset) {
    return *static_cast<std::uint16_t*>(static_cast<void*>(memory_ + offset));
}
Descriptor& Driver::descriptor(std::uint32_t number) {
    return static_cast<Descriptor*>(static_cast<void*>(memory_))[number];
}
Descriptor& Driver::indirect(std::uint32_t head, std::uint32_t number) {
    return static_cast<Descriptor*>(static_cast<void*>(memory_ + tables_offset_))[head * table_entries + number];
}
std::uint64_t Driver::indirect_gpa(std::uint32_t head) const {
    return ram_gpa + tables_offset_ + std::uint64_t{16} * table_entries * head;
}
virtio::UsedElement& Driver::used_element(std::uint16_t index) {
    return static_cast<virtio::UsedElement*>(static_cast<void*>(memory_ + device_offset_ + 4))[index % size_];
}

std::uint16_t Driver::take_free(const Descriptor& descriptor_value) {
    const std::uint16_t number = free_.back();
    free_.pop_back();
    descriptor(number) = descriptor_value;
    return number;
}

std::optional<std::uint16_t> Driver::add(std::span<const Buffer> buffers, bool indirect_table) {
    if (buffers.empty() || free_.size() < (indirect_table ? 1 : buffers.size()) || buffers.size() > table_entries) {
        return std::nullopt;
    }
    std::vector<std::uint16_t> chain;
    const auto count = static_cast<std::uint32_t>(buffers.size());
    if (indirect_table) {
        const std::uint16_t head = free_.back();
        for (std::uint32_t i = 0; i < count; i++) {
            const bool last = i + 1 == count;
            indirect(head, i) = {buffers[i].gpa, buffers[i].length,
                                 static_cast<std::uint16_t>((buffers[i].write ? flag::write : 0) | (last ? 0 : flag::next)),
                                 static_cast<std::uint16_t>(i + 1)};
        }
        chain.push_back(take_free({indirect_gpa(head), count * 16, flag::indirect, 0}));
    } else {
        for (const Buffer& buffer : buffers) {
            const std::uint16_t flags = buffer.write ? flag::write : std::uint16_t{0};
            const std::uint16_t number = take_free({buffer.gpa, buffer.length, flags, 0});
            if (!chain.empty()) {
                descriptor(chain.back()).next = number;
                descriptor(chain.back()).flags |= flag::next;
            }
            chain.push_back(number);
        }
    }
    const std::uint16_t head = chain.front();
    chains_[head] = std::move(chain);
    outstanding_++;
    virtio::store_once(available_entry(next_), head);
    next_++;
    return head;
}

void Driver::offer(std::uint16_t head) {
    virtio::store_once(available_entry(next_), head);
    next_++;
    virtio::store_release(available_index(), next_);
    shown_ = next_;
}

bool Driver::show() {
    const std::uint16_t before = shown_;
    virtio::store_release(available_index(), next_);
    shown_ = next_;
    virtio::full_barrier();
    if (event_idx_) {
        return virtio::passes_event(virtio::load_once(available_event()), before, next_);
    }
    return (virtio::load_once(used_flags()) & virtio::used_no_notify) == 0;
}

void Driver::put_back(std::uint16_t head) {
    free_.insert(free_.end(), chains_[head].rbegin(), chains_[head].rend());
    chains_[head].clear();
    outstanding_--;
}

std::optional<Used> Driver::collect() {
    if (virtio::load_acquire(used_index()) == collected_) {
        return std::nullopt;
    }
    const virtio::UsedElement& element = used_element(collected_);
    const std::uint32_t head = virtio::load_once(element.head);
    const std::uint32_t written = virtio::load_once(element.written);
    // A device that reports what was not given to it is what these tests look for.
    if (head >= size_ || chains_[head].empty()) {
        return Used{UINT16_MAX, written};
    }
    collected_++;
    put_back(static_cast<std::uint16_t>(head));
    return Used{static_cast<std::uint16_t>(head), written};
}

bool Driver::arm_interrupt() {
    if (event_idx_) {
        virtio::store_once(used_event(), collected_);
    } else {
        virtio::store_once(available_flags(), std::uint16_t{0});
    }
    virtio::full_barrier();
    return virtio::load_once(used_index()) == collected_;
}

} // namespace amp::test
