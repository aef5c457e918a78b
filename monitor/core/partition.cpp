// SPDX-License-Identifier: GPL-2.0-only
// The checks, each returning the first thing that is wrong. Sizes and counts are compared before they are added or multiplied,
// so that nothing wraps.
#include "core/partition.hpp"

#include "amp/abi/exit.h"
#include "amp/abi/mailbox.h"
#include "amp/abi/stream.h"

namespace amp {
namespace {

constexpr uint64_t page_mask = AMP_PAGE_SIZE - 1;
constexpr uint32_t first_spi = 32;
constexpr uint32_t spi_limit = 1020;

bool page_aligned(uint64_t value) { return (value & page_mask) == 0; }

// A non-empty run of whole pages below limit.
bool good_range(uint64_t start, uint64_t size, uint64_t limit) {
    return page_aligned(start) && page_aligned(size) && size != 0 && size <= limit && start <= limit - size;
}

bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) { return a < b + b_size && b < a + a_size; }

bool array_fits(const amp_partition& partition, uint32_t offset, uint32_t count, uint32_t count_max, size_t element) {
    if (count == 0 && offset == 0) {
        return true;
    }
    return count <= count_max && offset % 8 == 0 && offset >= sizeof(amp_partition) && offset <= partition.size &&
           count * element <= partition.size - offset;
}

struct Window {
    uint64_t gpa, size;
};
constexpr unsigned window_count = 4;

// The guest-physical windows that are not memory: distributor, redistributor or CPU interface, console,
// virtio.
void virtual_devices(const amp_partition& partition, Window (&out)[window_count]) {
    out[0] = {partition.gicd_gpa, gicd_frame_size(partition.gic_version)};
    out[1] = partition.gic_version == 3 ? Window{partition.gicr_gpa, gicr_frame_size}
                                        : Window{partition.gicc_gpa, gicc_frame_size};
    const bool console = (partition.flags & AMP_PARTITION_CONSOLE) != 0;
    out[2] = {partition.console_gpa, console ? console_frame_size : 0};
    out[3] = {partition.virtio_gpa, virtio_window_size(partition)};
}

uint32_t check_header(const amp_partition& partition, const amp_boot_info& boot) {
    if (partition.magic != AMP_PARTITION_MAGIC) {
        return AMP_STATUS_BAD_MAGIC;
    }
    if (partition.abi_major != AMP_ABI_MAJOR) {
        return AMP_STATUS_BAD_VERSION;
    }
    if (partition.size < sizeof(amp_partition) || partition.size > AMP_PARTITION_SIZE_MAX ||
        partition.size > boot.descriptor.size) {
        return AMP_STATUS_BAD_SIZE;
    }
    if ((partition.flags & ~AMP_PARTITION_FLAGS) != 0) {
        return AMP_STATUS_BAD_FLAGS;
    }
    for (const uint64_t word : partition.reserved) {
        if (word != 0) {
            return AMP_STATUS_BAD_RESERVED;
        }
    }
    return AMP_STATUS_OK;
}

uint32_t check_arrays(const amp_partition& p) {
    const bool fit = array_fits(p, p.core_offset, p.core_count, 1, sizeof(amp_core)) &&
                     array_fits(p, p.region_offset, p.region_count, AMP_REGIONS_MAX, sizeof(amp_region)) &&
                     array_fits(p, p.irq_offset, p.irq_count, AMP_IRQS_MAX, sizeof(amp_irq)) &&
                     array_fits(p, p.channel_offset, p.channel_count, AMP_CHANNELS_MAX, sizeof(amp_channel)) &&
                     array_fits(p, p.virtio_offset, p.virtio_count, AMP_VIRTIO_MAX, sizeof(amp_virtio));
    return fit && p.core_count == 1 ? AMP_STATUS_OK : AMP_STATUS_BAD_SIZE;
}

uint32_t check_platform(const amp_partition& partition, const amp_boot_info& boot, const CoreFacts& core) {
    if (partition.gic_version != boot.gic_version) {
        return AMP_STATUS_BAD_PLATFORM;
    }
    Window windows[window_count];
    virtual_devices(partition, windows);
    for (unsigned i = 0; i < window_count; ++i) {
        if (windows[i].size == 0) {
            continue;
        }
        if (!good_range(windows[i].gpa, windows[i].size, core.gpa_limit)) {
            return AMP_STATUS_BAD_PLATFORM;
        }
        for (unsigned j = 0; j < i; ++j) {
            if (overlap(windows[i].gpa, windows[i].size, windows[j].gpa, windows[j].size)) {
                return AMP_STATUS_BAD_PLATFORM;
            }
        }
    }
    return AMP_STATUS_OK;
}

bool guest_spi(uint32_t intid) { return intid >= first_spi && intid < AMP_INTID_LIMIT; }

uint32_t check_interrupts(const amp_partition& partition) {
    if (partition.doorbell_intid < first_spi || partition.doorbell_intid >= spi_limit) {
        return AMP_STATUS_BAD_IRQ;
    }
    if ((partition.flags & AMP_PARTITION_CONSOLE) != 0 && !guest_spi(partition.console_intid)) {
        return AMP_STATUS_BAD_IRQ;
    }
    const auto* irqs = descriptor_array<amp_irq>(partition, partition.irq_offset);
    for (uint32_t i = 0; i < partition.irq_count; ++i) {
        const bool physical = irqs[i].intid >= first_spi && irqs[i].intid < spi_limit;
        if (!physical || irqs[i].intid == partition.doorbell_intid || !guest_spi(irqs[i].guest_intid)) {
            return AMP_STATUS_BAD_IRQ;
        }
    }
    const auto* channels = descriptor_array<amp_channel>(partition, partition.channel_offset);
    for (uint32_t i = 0; i < partition.channel_count; ++i) {
        if (!guest_spi(channels[i].intid)) {
            return AMP_STATUS_BAD_CHANNEL;
        }
    }
    return AMP_STATUS_OK;
}

bool good_virtio(const amp_virtio& device) {
    return device.device_id != 0 && guest_spi(device.intid) && device.queue_count != 0 &&
           device.queue_count <= AMP_VIRTIO_QUEUES_MAX && device.pad == 0;
}

// The window itself is one of virtual_devices().
uint32_t check_virtio(const amp_partition& partition) {
    if (partition.virtio_count != 0 && partition.virtio_gpa == 0) {
        return AMP_STATUS_BAD_VIRTIO;
    }
    const auto* devices = descriptor_array<amp_virtio>(partition, partition.virtio_offset);
    for (uint32_t i = 0; i < partition.virtio_count; ++i) {
        if (!good_virtio(devices[i])) {
            return AMP_STATUS_BAD_VIRTIO;
        }
    }
    return AMP_STATUS_OK;
}

bool touches_monitor(const amp_extent& extent, const amp_boot_info& boot, const CoreFacts& core) {
    const auto hits = [&](const amp_area& area) { return overlap(extent.pa, extent.size, area.pa, area.size); };
    return !for_each_area(boot, [&](const amp_area& area, AreaKind) { return !hits(area); }) || hits(boot.monitor) ||
           (boot.gic_version == 2 && hits(boot.gicv)) || hits({core.boot_info_pa & ~page_mask, AMP_PAGE_SIZE});
}

uint32_t check_extent(const amp_extent& extent, const amp_partition& partition, const amp_boot_info& boot,
                      const CoreFacts& core) {
    constexpr uint32_t all_access = AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE;
    if (!good_range(extent.gpa, extent.size, core.gpa_limit) || extent.access == 0 || (extent.access & ~all_access) != 0 ||
        extent.device > 1) {
        return AMP_STATUS_BAD_REGION;
    }
    if (!good_range(extent.pa, extent.size, core.pa_limit) || touches_monitor(extent, boot, core)) {
        return AMP_STATUS_BAD_PHYSICAL;
    }
    Window windows[window_count];
    virtual_devices(partition, windows);
    for (const Window& window : windows) {
        if (window.size != 0 && overlap(extent.gpa, extent.size, window.gpa, window.size)) {
            return AMP_STATUS_REGION_OVERLAP;
        }
    }
    return AMP_STATUS_OK;
}

bool holds_entry(const amp_extent& extent, uint64_t entry) {
    return (extent.access & AMP_ACCESS_EXECUTE) != 0 && extent.device == 0 && entry >= extent.gpa &&
           entry - extent.gpa < extent.size;
}

} // namespace

uint32_t check_boot_info(const amp_boot_info& boot, const CoreFacts& core) {
    if (boot.magic != AMP_BOOT_INFO_MAGIC) {
        return AMP_STATUS_BAD_MAGIC;
    }
    if (boot.abi_major != AMP_ABI_MAJOR || boot.size != sizeof(amp_boot_info)) {
        return AMP_STATUS_MONITOR_ABI;
    }
    if (boot.gic_version != 2 && boot.gic_version != 3) {
        return AMP_STATUS_BAD_PLATFORM;
    }
    if ((boot.flags & ~AMP_BOOT_FLAGS) != 0) {
        return AMP_STATUS_BAD_FLAGS;
    }
    const auto mappable = [&](const amp_area& area, AreaKind) {
        return good_range(area.pa, area.size, core.pa_limit) &&
               !overlap(area.pa, area.size, boot.monitor.pa, boot.monitor.size);
    };
    const bool image_inside = good_range(boot.monitor.pa, boot.monitor.size, core.pa_limit) &&
                              boot.monitor.pa == core.image_pa && boot.monitor.size > core.image_end - core.image_pa;
    const bool gicv_good = boot.gic_version == 3 || (good_range(boot.gicv.pa, boot.gicv.size, core.pa_limit) &&
                                                     boot.gicv.size >= gicc_frame_size);
    if (!image_inside || !for_each_area(boot, mappable) || !gicv_good) {
        return AMP_STATUS_BAD_PHYSICAL;
    }
    // The fixed structures take less than the page that every area is; only the arrays can be larger.
    static_assert(sizeof(amp_mailbox) <= AMP_PAGE_SIZE && sizeof(amp_stats) <= AMP_PAGE_SIZE);
    static_assert(sizeof(amp_exit_record) <= AMP_PAGE_SIZE);
    static_assert(sizeof(amp_doorbell_slot) * AMP_PARTITIONS_MAX <= AMP_PAGE_SIZE);
    const bool arrays_fit = boot.slot < AMP_PARTITIONS_MAX && boot.extent_count <= boot.extents.size / sizeof(amp_extent);
    return arrays_fit && boot.kick_sgi < 16 ? AMP_STATUS_OK : AMP_STATUS_BAD_SIZE;
}

uint32_t check_descriptor(const amp_partition& partition, const amp_boot_info& boot, const CoreFacts& core) {
    if (const uint32_t status = check_header(partition, boot); status != AMP_STATUS_OK) {
        return status;
    }
    if (const uint32_t status = check_arrays(partition); status != AMP_STATUS_OK) {
        return status;
    }
    const auto* cores = descriptor_array<amp_core>(partition, partition.core_offset);
    if (cores[0].mpidr != core.mpidr || boot.mpidr != core.mpidr) {
        return AMP_STATUS_BAD_CORE;
    }
    if ((partition.flags & AMP_PARTITION_AARCH32) != 0 && !core.aarch32) {
        return AMP_STATUS_NO_AARCH32;
    }
    if (const uint32_t status = check_platform(partition, boot, core); status != AMP_STATUS_OK) {
        return status;
    }
    if (const uint32_t status = check_interrupts(partition); status != AMP_STATUS_OK) {
        return status;
    }
    return check_virtio(partition);
}

uint32_t check_extents(const amp_extent* extents, const amp_partition& partition, const amp_boot_info& boot,
                       const CoreFacts& core) {
    bool entry_found = false;
    for (uint32_t i = 0; i < boot.extent_count; ++i) {
        const amp_extent& extent = extents[i];
        if (const uint32_t status = check_extent(extent, partition, boot, core); status != AMP_STATUS_OK) {
            return status;
        }
        if (i != 0 && extent.gpa < extents[i - 1].gpa + extents[i - 1].size) {
            return AMP_STATUS_REGION_OVERLAP;
        }
        entry_found = entry_found || holds_entry(extent, partition.entry);
    }
    // A 32-bit guest starts without translation.
    const bool reachable = (partition.flags & AMP_PARTITION_AARCH32) == 0 || ((partition.entry | partition.dtb_gpa) >> 32) == 0;
    return entry_found && reachable && partition.entry % 4 == 0 ? AMP_STATUS_OK : AMP_STATUS_BAD_ENTRY;
}

} // namespace amp
