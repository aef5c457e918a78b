// SPDX-License-Identifier: GPL-2.0-only
// The virtio-mmio window (virtio 1.2, 4.2): which accesses the monitor answers by itself, which the device's back end in dom0.
// Called by mmio.cpp with a decoded access; knows no device type and never looks into a queue.
#ifndef AMP_MONITOR_CORE_VIRTIO_HPP
#define AMP_MONITOR_CORE_VIRTIO_HPP

#include "core/mmio.hpp"

namespace amp {

// offset is below AMP_VIRTIO_WINDOW, width 1, 2, 4 or 8. Not done: nothing has changed, the back end has to answer.
MmioRead virtio_read(Monitor& monitor, uint32_t offset, uint32_t width);
bool virtio_write(Monitor& monitor, uint32_t offset, uint32_t width, uint64_t value);

// An access that was not done just now.
struct VirtioAccess {
    uint32_t offset, width; // offset in the window
    uint64_t value;         // of a write
    bool write;
};
// Asks the back end and waits with the guest stopped; kicks are handled meanwhile, so it does not return where dom0 wants the
// guest stopped. What a read gives, cut to its width.
uint64_t virtio_forward(Monitor& monitor, const Registers& registers, const VirtioAccess& access);

} // namespace amp

#endif
