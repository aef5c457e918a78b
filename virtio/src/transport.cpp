// SPDX-License-Identifier: GPL-2.0-only
// Register accesses: decoding, features, status, configuration space. Queue registers are transport_queues.cpp's.
#include "amp/virtio/transport.hpp"

#include <cstring>

#include "amp/virtio/access.hpp"
#include "amp/virtio/registers.hpp"

namespace amp::virtio {
namespace {

constexpr std::uint32_t driver_writes =
    status::acknowledge | status::driver | status::driver_ok | status::features_ok | status::failed;

bool is_config(std::uint32_t offset, std::uint32_t width) {
    const bool known = width == 1 || width == 2 || width == 4 || width == 8;
    return known && offset >= reg::config && offset <= AMP_VIRTIO_STRIDE - width;
}

// 4.2.2.2: control registers are accessed by 32 bits.
bool is_register(std::uint32_t offset, std::uint32_t width) {
    return width == 4 && offset < reg::config && offset % 4 == 0;
}

std::uint32_t half(std::uint64_t features, std::uint32_t selector) {
    return selector > 1 ? 0 : static_cast<std::uint32_t>(features >> (32 * selector));
}

} // namespace

Transport::Transport(const GuestMemory& memory, DeviceState& state, Device& device, Guest& guest)
    : memory_(memory), state_(state), device_(device), guest_(guest) {}

std::uint64_t Transport::read(std::uint32_t offset, std::uint32_t width) {
    if (is_register(offset, width)) {
        return read_register(offset);
    }
    std::uint64_t value = 0;
    if (is_config(offset, width)) {
        device_.read_config(offset - reg::config, std::as_writable_bytes(std::span(&value, 1)).first(width));
    }
    return value;
}

void Transport::write(std::uint32_t offset, std::uint32_t width, std::uint64_t value) {
    if (!begun_) {
        return;
    }
    if (is_register(offset, width)) {
        write_register(offset, static_cast<std::uint32_t>(value));
    } else if (is_config(offset, width)) {
        device_.write_config(offset - reg::config, std::as_bytes(std::span(&value, 1)).first(width));
    }
}

std::uint32_t Transport::read_register(std::uint32_t offset) const {
    switch (offset) {
    case reg::magic_value: return reg::magic;
    case reg::version: return 2;
    case reg::device_id: return device_.id();
    case reg::vendor_id: return AMP_VIRTIO_VENDOR;
    case reg::device_features: return half(offered(), state_.device_features_sel);
    case reg::queue_num_max:
    case reg::queue_ready: return read_queue_register(offset);
    case reg::status: return state_.status;
    // No shared memory region: a length of -1 (4.2.2.1).
    case reg::shm_len_low:
    case reg::shm_len_high:
    case reg::shm_base_low:
    case reg::shm_base_high: return UINT32_MAX;
    case reg::config_generation: return state_.config_generation;
    default: return 0;
    }
}

void Transport::write_register(std::uint32_t offset, std::uint32_t value) {
    switch (offset) {
    case reg::device_features_sel: store_release(state_.device_features_sel, value); break;
    case reg::driver_features_sel: store_release(state_.driver_features_sel, value); break;
    case reg::driver_features: write_driver_features(value); break;
    case reg::queue_sel: store_release(state_.queue_sel, value); break;
    case reg::queue_notify: notified(value & 0xffff); break;
    case reg::status: write_status(value); break;
    default: write_queue_register(offset, value); break;
    }
}

void Transport::write_driver_features(std::uint32_t value) {
    if ((state_.status & status::features_ok) != 0) {
        return;
    }
    const std::uint32_t selector = state_.driver_features_sel;
    store_release(selector < 2 ? state_.driver_features[selector] : state_.driver_features_beyond, value);
}

std::uint64_t Transport::offered() const {
    constexpr std::uint64_t ours = feature::indirect_desc | feature::event_idx;
    return (device_.features() & ~feature::reserved) | (device_.ring_features() & ours) | feature::version_1;
}

std::uint64_t Transport::features() const {
    return (std::uint64_t{state_.driver_features[1]} << 32) | state_.driver_features[0];
}

bool Transport::agrees() const {
    return (features() & ~offered()) == 0 && state_.driver_features_beyond == 0 && (features() & feature::version_1) != 0 &&
           device_.accepts(features());
}

// Bits come and stay until a reset (2.1.1). The status is stored before what follows from it: a worker that dies in between
// has a successor that finds it and does the rest, and for which the same write, which it gets again, changes nothing.
void Transport::write_status(std::uint32_t value) {
    if (value == 0) {
        reset();
        return;
    }
    const std::uint32_t before = state_.status;
    std::uint32_t after = before | (value & driver_writes);
    if ((value & ~before & status::features_ok) != 0 && !agrees()) {
        after &= ~status::features_ok;
    }
    if ((after & status::features_ok) == 0) {
        after &= ~status::driver_ok;
    }
    store_release(state_.status, after);
    if ((after & ~before & status::driver_ok) == 0) {
        return;
    }
    if ((after & status::needs_reset) != 0) {
        guest_.config_changed(); // could not be told before
    } else {
        activate(false);
    }
}

} // namespace amp::virtio
