// SPDX-License-Identifier: GPL-2.0-only
// Device windows in the order in which guests use them.
#include "core/mmio.hpp"

#include "core/console.hpp"
#include "core/virtio.hpp"

namespace amp {
namespace {

// 8, 16 and 32 bits as the PL011's bus allows, each at a register's own address.
bool console_access(uint64_t offset, uint32_t width) { return width <= 4 && offset % 4 == 0; }

} // namespace

MmioRead emulate_other_read(Monitor& monitor, uint64_t gpa, uint32_t width) {
    const Platform& platform = monitor.platform;
    uint64_t offset = gpa - platform.gicr_gpa;
    if (offset < platform.gicr_size) {
        monitor.count(AMP_CAUSE_GICR);
        return {monitor.gic.gicr_read(static_cast<uint32_t>(offset), width).value, true};
    }
    offset = gpa - platform.virtio_gpa;
    if (offset < platform.virtio_size) {
        return virtio_read(monitor, static_cast<uint32_t>(offset), width);
    }
    offset = gpa - platform.console_gpa;
    if (offset < platform.console_size) {
        monitor.count(AMP_CAUSE_CONSOLE);
        const bool known = console_access(offset, width);
        const uint16_t value = known ? console_read(monitor, static_cast<uint32_t>(offset)) : uint16_t{0};
        return {width == 1 ? value & 0xffu : value, true};
    }
    return {0, false};
}

bool emulate_write(Monitor& monitor, uint64_t gpa, uint32_t width, uint64_t value) {
    const Platform& platform = monitor.platform;
    uint64_t offset = gpa - platform.gicd_gpa;
    if (offset < platform.gicd_size) {
        monitor.count(AMP_CAUSE_GICD);
        monitor.gic.gicd_write(static_cast<uint32_t>(offset), width, value);
        return true;
    }
    offset = gpa - platform.gicr_gpa;
    if (offset < platform.gicr_size) {
        monitor.count(AMP_CAUSE_GICR);
        monitor.gic.gicr_write(static_cast<uint32_t>(offset), width, value);
        return true;
    }
    offset = gpa - platform.virtio_gpa;
    if (offset < platform.virtio_size) {
        return virtio_write(monitor, static_cast<uint32_t>(offset), width, value);
    }
    offset = gpa - platform.console_gpa;
    if (offset < platform.console_size) {
        monitor.count(AMP_CAUSE_CONSOLE);
        if (console_access(offset, width)) {
            console_write(monitor, static_cast<uint32_t>(offset), static_cast<uint16_t>(value));
        }
        return true;
    }
    return false;
}

MmioRead forward_read(Monitor& monitor, const Registers& registers, uint64_t gpa, uint32_t width) {
    const uint64_t offset = gpa - monitor.platform.virtio_gpa;
    if (offset >= monitor.platform.virtio_size) {
        return {0, false};
    }
    return {virtio_forward(monitor, registers, {static_cast<uint32_t>(offset), width, 0, false}), true};
}

bool forward_write(Monitor& monitor, const Registers& registers, uint64_t gpa, uint32_t width, uint64_t value) {
    const uint64_t offset = gpa - monitor.platform.virtio_gpa;
    if (offset >= monitor.platform.virtio_size) {
        return false;
    }
    virtio_forward(monitor, registers, {static_cast<uint32_t>(offset), width, value, true});
    return true;
}

bool is_emulated(const Monitor& monitor, uint64_t gpa) {
    const Platform& platform = monitor.platform;
    return gpa - platform.gicd_gpa < platform.gicd_size || gpa - platform.gicr_gpa < platform.gicr_size ||
           gpa - platform.virtio_gpa < platform.virtio_size || gpa - platform.console_gpa < platform.console_size;
}

} // namespace amp
