// SPDX-License-Identifier: GPL-2.0-only
// The distributor comes first: it is the one that guests call on their hot paths.
#include "core/mmio.hpp"

#include "core/console.hpp"

namespace amp {
namespace {

MmioResult answer(MmioAccess& access, const VgicRead& read) {
    access.value = read.value;
    return read.ok ? MmioResult::done : MmioResult::bad_access;
}

MmioResult result(bool ok) { return ok ? MmioResult::done : MmioResult::bad_access; }

MmioResult gicd(Monitor& monitor, MmioAccess& access, uint32_t offset) {
    monitor.count(AMP_CAUSE_GICD);
    return access.write ? result(monitor.gic.gicd_write(offset, access.width, access.value))
                        : answer(access, monitor.gic.gicd_read(offset, access.width));
}

MmioResult gicr(Monitor& monitor, MmioAccess& access, uint32_t offset) {
    monitor.count(AMP_CAUSE_GICR);
    return access.write ? result(monitor.gic.gicr_write(offset, access.width, access.value))
                        : answer(access, monitor.gic.gicr_read(offset, access.width));
}

MmioResult console(Monitor& monitor, MmioAccess& access, uint32_t offset) {
    monitor.count(AMP_CAUSE_CONSOLE);
    // 8, 16 and 32 bits as the PL011's bus allows, each at a register's own address.
    if (access.width > 4 || offset % 4 != 0) {
        return MmioResult::bad_access;
    }
    if (access.write) {
        console_write(monitor, offset, static_cast<uint16_t>(access.value));
    } else {
        access.value = console_read(monitor, offset);
    }
    return MmioResult::done;
}

} // namespace

MmioResult emulate_mmio(Monitor& monitor, MmioAccess& access) {
    const Platform& platform = monitor.platform;
    if (access.gpa - platform.gicd_gpa < platform.gicd_size) {
        return gicd(monitor, access, static_cast<uint32_t>(access.gpa - platform.gicd_gpa));
    }
    if (access.gpa - platform.gicr_gpa < platform.gicr_size) {
        return gicr(monitor, access, static_cast<uint32_t>(access.gpa - platform.gicr_gpa));
    }
    if (access.gpa - platform.console_gpa < platform.console_size) {
        return console(monitor, access, static_cast<uint32_t>(access.gpa - platform.console_gpa));
    }
    return MmioResult::nobody_there;
}

bool is_emulated(const Monitor& monitor, uint64_t gpa) {
    const Platform& platform = monitor.platform;
    return gpa - platform.gicd_gpa < platform.gicd_size || gpa - platform.gicr_gpa < platform.gicr_size ||
           gpa - platform.console_gpa < platform.console_size;
}

} // namespace amp
