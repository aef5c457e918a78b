// SPDX-License-Identifier: GPL-2.0-only
// The registers that are fixed or have to be fast. The guest may write anything anywhere: what a transport does not have reads
// as zero and is ignored, as with every device here.
#include "core/virtio.hpp"

#include "core/doorbell.hpp"

namespace amp {
namespace {

// virtio 1.2, 4.2.2, table 4.1. Below the configuration space all registers are 32 bits wide.
enum : uint32_t {
    magic_value = 0x000,
    version = 0x004,
    device_id = 0x008,
    vendor_id = 0x00c,
    queue_notify = 0x050,
    interrupt_status = 0x060,
    interrupt_ack = 0x064,
    configuration = 0x100,
};
constexpr uint32_t magic = 0x74726976, mmio_version = 2; // "virt"

constexpr uint64_t bit_of(uint32_t offset) { return uint64_t{1} << offset / 4; }
// Those that no back end ever sees, in neither direction.
constexpr uint64_t own_registers = bit_of(magic_value) | bit_of(version) | bit_of(device_id) | bit_of(vendor_id) |
                                   bit_of(queue_notify) | bit_of(interrupt_status) | bit_of(interrupt_ack);

struct Place {
    uint32_t device, offset;
};
Place place_of(uint32_t offset) { return {offset / AMP_VIRTIO_STRIDE, offset % AMP_VIRTIO_STRIDE}; }

bool is_forwarded(const Monitor& monitor, Place at, uint32_t width) {
    if (at.device >= monitor.platform.virtio_count || (at.offset & (width - 1)) != 0) {
        return false;
    }
    return at.offset >= configuration || (width == 4 && (own_registers & bit_of(at.offset)) == 0);
}

uint32_t read_fixed(const Monitor& monitor, Place at) {
    switch (at.offset) {
    case magic_value: return magic;
    case version: return mmio_version;
    case device_id: return at.device < monitor.platform.virtio_count ? monitor.platform.virtio[at.device].device_id : 0;
    case vendor_id: return AMP_VIRTIO_VENDOR;
    default: return 0;
    }
}

uint32_t read_status(const Monitor& monitor, uint32_t device) {
    return (monitor.virtio.used >> device & 1) | (monitor.virtio.config >> device & 1) << 1;
}

void acknowledge(Monitor& monitor, uint32_t device, uint32_t value) {
    monitor.virtio.used &= ~((value & 1) << device);
    monitor.virtio.config &= ~((value >> 1 & 1) << device);
}

bool is_notify_or_acknowledge(uint32_t offset) { return offset == queue_notify || offset == interrupt_ack; }

// An absent device has no queue and never an interrupt.
void write_own(Monitor& monitor, Place at, uint32_t value) {
    if (at.offset == interrupt_ack) {
        acknowledge(monitor, at.device, value);
    } else if (value < monitor.platform.virtio[at.device].queue_count) {
        notify_queue(monitor, at.device, value);
    }
}

} // namespace

// In both directions first what comes with every interrupt and notification.
MmioRead virtio_read(Monitor& monitor, uint32_t offset, uint32_t width) {
    const Place at = place_of(offset);
    const bool status = width == 4 && at.offset == interrupt_status;
    if (!status && is_forwarded(monitor, at, width)) {
        return {0, false};
    }
    monitor.count(AMP_CAUSE_VIRTIO);
    if (status) {
        return {read_status(monitor, at.device), true};
    }
    return {width == 4 ? read_fixed(monitor, at) : 0, true};
}

bool virtio_write(Monitor& monitor, uint32_t offset, uint32_t width, uint64_t value) {
    const Place at = place_of(offset);
    const bool own = width == 4 && is_notify_or_acknowledge(at.offset);
    if (!own && is_forwarded(monitor, at, width)) {
        return false;
    }
    monitor.count(AMP_CAUSE_VIRTIO);
    if (own) {
        write_own(monitor, at, static_cast<uint32_t>(value));
    }
    return true;
}

} // namespace amp
