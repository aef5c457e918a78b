// SPDX-License-Identifier: GPL-2.0-only
// Checks everything that the module hands over: boot information, descriptor, extents. The module is trusted and has checked
// the same; this is the second look before hardware enforces what is written there. Pure functions on memory.
#ifndef AMP_MONITOR_CORE_PARTITION_HPP
#define AMP_MONITOR_CORE_PARTITION_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "amp/abi/partition.h"
#include "amp/abi/status.h"

namespace amp {

// Sizes of the emulated frames in the guest's address space.
constexpr uint64_t gicd_frame_size(uint32_t gic_version) { return gic_version == 3 ? 0x10000 : 0x1000; }
constexpr uint64_t gicr_frame_size = 0x20000;
constexpr uint64_t gicc_frame_size = 0x2000;
constexpr uint64_t console_frame_size = 0x1000;
constexpr uint64_t virtio_window_size(const amp_partition& partition) { return partition.virtio_gpa != 0 ? AMP_VIRTIO_WINDOW : 0; }

// What the core itself knows.
struct CoreFacts {
    uint64_t mpidr;     // affinity fields
    uint64_t pa_limit;  // first physical address the core can't issue
    uint64_t gpa_limit; // first guest-physical address stage 2 can't translate
    uint64_t image_pa, image_end; // the monitor, stack included
    uint64_t boot_info_pa;
    uint64_t start_ticks; // counter at the first instruction
    bool aarch32;         // EL1 may be AArch32
};

// Whether the areas can be mapped at all; before that the monitor reads nothing else.
uint32_t check_boot_info(const amp_boot_info& boot, const CoreFacts& core);
uint32_t check_descriptor(const amp_partition& partition, const amp_boot_info& boot, const CoreFacts& core);
uint32_t check_extents(const amp_extent* extents, const amp_partition& partition, const amp_boot_info& boot,
                       const CoreFacts& core);

// Array of a checked descriptor.
template <class T>
const T* descriptor_array(const amp_partition& partition, uint32_t offset) {
    return reinterpret_cast<const T*>(reinterpret_cast<uintptr_t>(&partition) + offset);
}

// The whole pages that an area lies in; areas begin on a page.
constexpr amp_area whole_pages(const amp_area& area) {
    return {area.pa, (area.size + AMP_PAGE_SIZE - 1) & ~uint64_t{AMP_PAGE_SIZE - 1}};
}

struct AreaKind {
    bool device;
    bool writable;
};

// Calls visit(area, kind) for every area beside the monitor's own memory that it maps, until that returns false.
template <class Visit>
bool for_each_area(const amp_boot_info& boot, Visit visit) {
    const bool gicv3 = boot.gic_version == 3;
    const amp_area* const shared[] = {&boot.mailbox, &boot.stats,       &boot.exit_record, &boot.log,
                                      &boot.slots,   &boot.console_out, &boot.console_in};
    for (const amp_area* area : shared) {
        if (!visit(whole_pages(*area), AreaKind{false, true})) {
            return false;
        }
    }
    constexpr AreaKind input{false, false}, registers{true, true};
    return visit(whole_pages(boot.descriptor), input) && visit(whole_pages(boot.extents), input) &&
           visit(whole_pages(boot.gicd), registers) && visit(whole_pages(gicv3 ? boot.gicr : boot.gicc), registers) &&
           (gicv3 || visit(whole_pages(boot.gich), registers));
}

} // namespace amp

#endif
