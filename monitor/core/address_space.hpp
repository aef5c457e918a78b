// SPDX-License-Identifier: GPL-2.0-only
// What goes into the two translation tables: the monitor's own (identity, only what it needs, guest memory not among it) and
// the guest's (its extents, and for GICv2 the hardware's virtual CPU interface). Called once, at start.
#ifndef AMP_MONITOR_CORE_ADDRESS_SPACE_HPP
#define AMP_MONITOR_CORE_ADDRESS_SPACE_HPP

#include "core/page_table.hpp"
#include "core/partition.hpp"

namespace amp {

// A run of the monitor's image with equal rights.
struct Section {
    uint64_t start, end;
    uint32_t access;
};

template <class Format>
uint32_t map_monitor(PageTable<Format>& table, PagePool& pool, const Section* sections, unsigned section_count,
                     const amp_boot_info& boot) {
    for (unsigned i = 0; i < section_count; ++i) {
        const Section& section = sections[i];
        const uint32_t status = table.map(pool, section.start, section.start, section.end - section.start,
                                          {section.access, false});
        if (status != AMP_STATUS_OK) {
            return status;
        }
    }
    uint32_t status = AMP_STATUS_OK;
    for_each_area(boot, [&](const amp_area& area, AreaKind kind) {
        const uint32_t access = kind.writable ? AMP_ACCESS_READ | AMP_ACCESS_WRITE : AMP_ACCESS_READ;
        status = table.map(pool, area.pa, area.pa, area.size, {access, kind.device});
        return status == AMP_STATUS_OK;
    });
    return status;
}

template <class Format>
uint32_t map_guest(PageTable<Format>& table, PagePool& pool, const amp_extent* extents, const amp_boot_info& boot,
                   const amp_partition& partition) {
    for (uint32_t i = 0; i < boot.extent_count; ++i) {
        const amp_extent& extent = extents[i];
        const uint32_t status = table.map(pool, extent.gpa, extent.pa, extent.size, {extent.access, extent.device != 0});
        if (status != AMP_STATUS_OK) {
            return status;
        }
    }
    if (boot.gic_version != 2) {
        return AMP_STATUS_OK;
    }
    return table.map(pool, partition.gicc_gpa, boot.gicv.pa, gicc_frame_size, {AMP_ACCESS_READ | AMP_ACCESS_WRITE, true});
}

} // namespace amp

#endif
