// SPDX-License-Identifier: GPL-2.0-only
// Which emulated device answers at a guest-physical address. Called with a decoded access; never touches the guest's registers.
#ifndef AMP_MONITOR_CORE_MMIO_HPP
#define AMP_MONITOR_CORE_MMIO_HPP

#include "core/monitor.hpp"

namespace amp {

// A read's answer, which fits its width.
struct MmioRead {
    uint64_t value;
    uint64_t done; // not bool: comes back in a register as it is
};

// Widths are 1, 2, 4 or 8 bytes. Not done: nobody is there, or dom0 has to be asked; nothing has changed. A device that has no
// access of that width or alignment reads as zero and ignores the write, as under KVM (its choice among those of IHI 0048B
// 4.1.4 and IHI 0069 12.1.3).
MmioRead emulate_other_read(Monitor& monitor, uint64_t gpa, uint32_t width);
bool emulate_write(Monitor& monitor, uint64_t gpa, uint32_t width, uint64_t value);
// What was not done, with all of the guest's registers saved: asks dom0 where it has the answer, which may take any time, and
// does not return where the guest is stopped meanwhile. Not done: nobody is there.
MmioRead forward_read(Monitor& monitor, const Registers& registers, uint64_t gpa, uint32_t width);
bool forward_write(Monitor& monitor, const Registers& registers, uint64_t gpa, uint32_t width, uint64_t value);
// Whether a device is emulated there at all.
bool is_emulated(const Monitor& monitor, uint64_t gpa);

// The distributor inline: it is the one that guests read on their hot paths.
[[gnu::always_inline]] inline MmioRead emulate_read(Monitor& monitor, uint64_t gpa, uint32_t width) {
    const uint64_t offset = gpa - monitor.platform.gicd_gpa;
    if (offset < monitor.platform.gicd_size) [[likely]] {
        monitor.count(AMP_CAUSE_GICD);
        return {monitor.gic.gicd_read(static_cast<uint32_t>(offset), width).value, true};
    }
    return emulate_other_read(monitor, gpa, width);
}

} // namespace amp

#endif
