// SPDX-License-Identifier: GPL-2.0-only
// Rules about guest memory: alignment, size, overlaps within the partition, and whether Linux has that much. Part of
// the rule table.
#include "../device_plan.hpp"
#include "amp/base/bits.hpp"
#include "rule.hpp"

namespace amp {

namespace {

std::string text(const GuestRange& range) {
    return hex(range.start.number) + "-" + hex(range.last().number);
}

void missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    if (is_missing(partition, !joined_memory(partition, Memory::listed).empty(), partition.name.place, "memory")) {
        report(partition.memory_place, "partition " + quoted(partition.name.value) + " has no memory",
               "add memory = <0x0 0x40000000 0x0 0x01000000>; for 16 MiB at 0x40000000");
    }
}

void too_many_regions(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    std::size_t device_pages = 0;
    if (context.world.live && context.world.live->tree) {
        device_pages = device_regions(assigned_devices(partition, MachineTree(*context.world.live->tree))).size();
    }
    // One region is the info page's, each channel and each group of neighbouring devices has its own.
    const std::size_t others = 1 + partition.channels.size() + device_pages;
    if (partition.memory.size() + others > AMP_REGIONS_MAX) {
        report(partition.memory_place,
               std::to_string(partition.memory.size()) + " memory regions and " +
                   std::to_string(partition.channels.size()) + " channels" +
                   (device_pages == 0 ? "" : " and " + std::to_string(device_pages) + " groups of devices") + " are too many",
               "together at most " + std::to_string(AMP_REGIONS_MAX - 1) + " are possible; join memory regions");
    }
}

void empty(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& region : context.subjects[index].partition.memory) {
        if (region.value.empty()) {
            report(region.place, "memory region at " + hex(region.value.start.number) + " has size 0",
                   "each region is an address and a size other than 0");
        }
    }
}

void unaligned(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& region : context.subjects[index].partition.memory) {
        if (!region.value.start.is_aligned(AMP_PAGE_SIZE) || !is_aligned(region.value.size, AMP_PAGE_SIZE)) {
            report(region.place,
                   "memory region " + hex(region.value.start.number) + ", size " + hex(region.value.size) +
                       " is no whole number of pages",
                   "address and size must be multiples of 0x1000 (4 KiB), better of 0x200000 (2 MiB)");
        }
    }
}

void overflow(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& region : context.subjects[index].partition.memory) {
        if (region.value.overflows()) {
            report(region.place,
                   "memory region " + hex(region.value.start.number) + ", size " + hex(region.value.size) +
                       " ends beyond 64 bits",
                   "check the order of the cells: address first, then size");
        }
    }
}

void beyond_limit(const CheckContext& context, std::size_t index, Report& report) {
    const GuestRange possible{GuestPhysAddr(0), AMP_GPA_LIMIT};
    for (const auto& region : context.subjects[index].partition.memory) {
        if (!possible.contains(region.value)) {
            report(region.place, "memory region " + text(region.value) + " lies beyond the guest's address space",
                   "it must end below " + hex(AMP_GPA_LIMIT) + " (512 GiB)");
        }
    }
}

void regions_overlap(const CheckContext& context, std::size_t index, Report& report) {
    const auto& memory = context.subjects[index].partition.memory;
    for (std::size_t i = 0; i < memory.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (memory[i].value.overlaps(memory[j].value)) {
                report(memory[i].place,
                       "memory regions " + text(memory[j].value) + " and " + text(memory[i].value) + " overlap",
                       "move one, or join them");
            }
        }
    }
}

void device_overlap(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    const unsigned gic_version = context.world.live ? context.world.live->gic.version : 0;
    for (const auto& region : partition.memory) {
        for (const auto& device : platform_ranges(platform_for(partition, gic_version))) {
            if (region.value.overlaps(device.range)) {
                report(region.place,
                       "memory region " + text(region.value) + " covers " + device.name + " at " + text(device.range),
                       "place memory elsewhere, 0x40000000 is usual");
            }
        }
    }
}

// 2 MiB blocks take one translation where 4 KiB pages take up to 512 and miss the TLB.
void small_pages(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& region : context.subjects[index].partition.memory) {
        if (!region.value.start.is_aligned(block_size) || !is_aligned(region.value.size, block_size)) {
            report(region.place, "memory region " + text(region.value) + " will be mapped by 4 KiB pages in part",
                   "make address and size multiples of 0x200000 (2 MiB) for fewer TLB misses");
        }
    }
}

std::uint64_t bytes_from_linux(const PartitionSpec& partition, const Live& live) {
    std::uint64_t bytes = AMP_PAGE_SIZE;
    for (std::size_t i = 0; i < partition.memory.size(); ++i) {
        bytes += is_one_to_one(partition, i, live) ? 0 : partition.memory[i].value.size;
    }
    for (const auto& channel : partition.channels) {
        bytes += channel.size ? channel.size->value : 0;
    }
    return bytes;
}

// Reported for the partition with which it becomes too much.
void not_available(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live || !context.world.live->available_memory) {
        return;
    }
    const std::uint64_t available = *context.world.live->available_memory;
    const std::uint64_t margin = context.world.board.memory_margin;
    const std::uint64_t usable = available > margin ? available - margin : 0;
    std::uint64_t earlier = 0;
    for (std::size_t i = 0; i < index; ++i) {
        earlier += bytes_from_linux(context.subjects[i].partition, *context.world.live);
    }
    const auto& partition = context.subjects[index].partition;
    const std::uint64_t own = bytes_from_linux(partition, *context.world.live);
    if (earlier <= usable && own > usable - earlier) {
        const auto mib = [](std::uint64_t bytes) { return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MiB"; };
        report(partition.memory_place,
               "partition " + quoted(partition.name.value) + " needs " + mib(own) + ", yet only " +
                   std::to_string((usable - earlier) >> 20) + " MiB can be taken from Linux",
               "Linux has " + std::to_string(available >> 20) + " MiB available and keeps " + mib(margin) +
                   "; give the partition less or free memory");
    }
}

constexpr Rule rules[] = {
    {"memory.missing", Severity::error, "every partition has memory", missing},
    {"memory.too-many-regions", Severity::error, "memory regions and channels together are at most 63",
     too_many_regions},
    {"memory.empty", Severity::error, "no memory region has size 0", empty},
    {"memory.unaligned", Severity::error, "memory regions consist of whole 4 KiB pages", unaligned},
    {"memory.overflow", Severity::error, "memory regions end within 64 bits", overflow},
    {"memory.beyond-limit",
     Severity::error,
     "memory regions end below 512 GiB",
     beyond_limit,
     {"memory.overflow", "memory.empty"}},
    {"memory.regions-overlap",
     Severity::error,
     "memory regions of a partition do not overlap",
     regions_overlap,
     {"memory.empty", "memory.overflow"}},
    {"memory.device-overlap",
     Severity::error,
     "memory does not cover virtual devices",
     device_overlap,
     {"memory.empty", "memory.overflow"}},
    {"memory.small-pages",
     Severity::warning,
     "memory regions consist of whole 2 MiB blocks",
     small_pages,
     {"memory.empty", "memory.unaligned", "memory.overflow"}},
    {"memory.not-available",
     Severity::error,
     "Linux has that much memory to spare",
     not_available,
     {"memory.beyond-limit", "memory.regions-overlap"}},
};

} // namespace

std::span<const Rule> memory_rules() {
    return rules;
}

} // namespace amp
