// SPDX-License-Identifier: GPL-2.0-only
// A guest's driver of one split queue, in a few lines: lays the rings out in memory, offers chains, collects what was used.
// It obeys virtio 1.2 unless a test reaches past it into the rings, which are all accessible.
#ifndef AMP_TESTS_VIRTIO_DRIVER_HPP
#define AMP_TESTS_VIRTIO_DRIVER_HPP

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "amp/virtio/layout.hpp"
#include "amp/virtio/queue_state.hpp"

namespace amp::test {

struct Buffer {
    std::uint64_t gpa;
    std::uint32_t length;
    bool write;
};

struct Used {
    std::uint16_t head;
    std::uint32_t written;
};

class Driver {
public:
    /// Rings in the first bytes of `memory`, which the guest sees at ram_gpa. event_idx: VIRTIO_F_EVENT_IDX was agreed on.
    Driver(std::byte* memory, std::uint16_t size, bool event_idx);

    /// Where the bytes start that rings and indirect tables leave free.
    static constexpr std::uint64_t buffers_offset = 0x8000;
    static std::uint64_t gpa_of(std::uint64_t offset);

    /// What the transport would be told.
    void describe(virtio::QueueState& state) const;
    std::uint64_t desc_gpa() const;
    std::uint64_t driver_gpa() const;
    std::uint64_t device_gpa() const;

    /// Into the available ring, but not shown before show(). nullopt: no descriptors left.
    std::optional<std::uint16_t> add(std::span<const Buffer> buffers, bool indirect = false);
    std::optional<std::uint16_t> add(std::initializer_list<Buffer> buffers, bool indirect = false) {
        return add(std::span(buffers.begin(), buffers.size()), indirect);
    }
    /// Moves the available index; whether the device wants a kick for it.
    bool show();
    /// The next used entry; its descriptors are free again.
    std::optional<Used> collect();
    /// Asks for an interrupt at the next used entry. False: there is one already.
    bool arm_interrupt();

    /// Forgets all, as after a reset.
    void restart();
    /// The same driver on a copy of its memory.
    void move_to(std::byte* memory) { memory_ = memory; }
    /// Indices start here instead of at 0; the device's side must do so, too.
    void start_at(std::uint16_t index);

    std::uint16_t size() const { return size_; }
    std::size_t outstanding() const { return outstanding_; }
    std::uint16_t next_available() const { return next_; }
    std::uint16_t next_used() const { return collected_; }

    // Raw, for tests that misbehave.
    virtio::Descriptor& descriptor(std::uint32_t number);
    /// Entry `number` of the indirect table that belongs to descriptor `head`; 16 each.
    virtio::Descriptor& indirect(std::uint32_t head, std::uint32_t number);
    std::uint64_t indirect_gpa(std::uint32_t head) const;
    void offer(std::uint16_t head); // as it is
    std::uint16_t& available_flags() { return half(driver_offset_); }
    std::uint16_t& available_index() { return half(driver_offset_ + 2); }
    std::uint16_t& available_entry(std::uint16_t index) { return half(driver_offset_ + 4 + 2u * (index % size_)); }
    std::uint16_t& used_event() { return half(driver_offset_ + 4 + 2u * size_); }
    std::uint16_t& used_flags() { return half(device_offset_); }
    std::uint16_t& used_index() { return half(device_offset_ + 2); }
    virtio::UsedElement& used_element(std::uint16_t index);
    std::uint16_t& available_event() { return half(device_offset_ + 4 + 8u * size_); }

private:
    static constexpr std::uint32_t table_entries = 16;

    std::uint16_t& half(std::size_t offset);
    std::uint16_t take_free(const virtio::Descriptor& descriptor);
    void put_back(std::uint16_t head);

    std::byte* memory_;
    std::uint16_t size_;
    bool event_idx_;
    std::size_t driver_offset_;
    std::size_t device_offset_;
    std::size_t tables_offset_;
    std::vector<std::uint16_t> free_;
    std::vector<std::vector<std::uint16_t>> chains_; // by head: its descriptors; empty: not outstanding
    std::size_t outstanding_ = 0;
    std::uint16_t next_ = 0; // available index, not shown yet perhaps
    std::uint16_t shown_ = 0;
    std::uint16_t collected_ = 0;
};

} // namespace amp::test

#endif
