// SPDX-License-Identifier: GPL-2.0-only
// Platform, channels and free places; see layout.hpp. Pure functions.
#include "layout.hpp"

#include <algorithm>

#include "amp/abi/info_page.h"
#include "amp/base/bits.hpp"
#include "text.hpp"

namespace amp {

Platform platform_for(const PartitionSpec& partition, unsigned gic_version) {
    Platform platform;
    platform.gic_version = gic_version == 2 ? 2 : 3;
    platform.gicd = GuestPhysAddr(0x08000000);
    if (platform.gic_version == 2) {
        platform.gicc = GuestPhysAddr(0x08010000);
    } else {
        platform.gicr = GuestPhysAddr(0x080a0000);
    }
    if (partition.console) {
        platform.console = GuestPhysAddr(0x09000000);
        platform.console_intid = Irq(33);
    }
    if (!partition.virtio.empty()) {
        platform.virtio = GuestPhysAddr(virtio_gpa);
    }
    return platform;
}

void add_virtio_window(Plan& plan) {
    const GuestRange window{GuestPhysAddr(virtio_gpa), AMP_VIRTIO_WINDOW};
    const bool free = std::none_of(plan.regions.begin(), plan.regions.end(),
                                   [&](const auto& region) { return region.range.overlaps(window); });
    if (free) {
        plan.platform.virtio = window.start;
    }
}

std::vector<NamedRange> platform_ranges(const Platform& platform) {
    std::vector<NamedRange> ranges;
    if (platform.gic_version == 2) {
        ranges.push_back({{platform.gicd, gicd_size_v2}, "the GIC distributor"});
        ranges.push_back({{platform.gicc, gicc_size}, "the GIC CPU interface"});
    } else {
        ranges.push_back({{platform.gicd, gicd_size_v3}, "the GIC distributor"});
        ranges.push_back({{platform.gicr, gicr_size}, "the GIC redistributor"});
    }
    if (platform.console) {
        ranges.push_back({{*platform.console, console_size}, "the console"});
    }
    if (platform.virtio) {
        ranges.push_back({{*platform.virtio, AMP_VIRTIO_WINDOW}, "the virtio devices"});
    }
    ranges.push_back({{GuestPhysAddr(AMP_INFO_GPA), AMP_PAGE_SIZE}, "the info page"});
    return ranges;
}

std::vector<std::optional<GuestRange>> place_channels(const PartitionSpec& partition) {
    std::vector<GuestRange> used;
    for (const auto& channel : partition.channels) {
        if (channel.address && channel.size) {
            used.push_back({GuestPhysAddr(channel.address->value), channel.size->value});
        }
    }
    const GuestRange window{GuestPhysAddr(AMP_CHANNEL_GPA), AMP_CHANNEL_GPA_END - AMP_CHANNEL_GPA};
    std::vector<std::optional<GuestRange>> places;
    for (const auto& channel : partition.channels) {
        const std::uint64_t size = channel.size ? channel.size->value : 0;
        if (channel.address) {
            places.push_back(GuestRange{GuestPhysAddr(channel.address->value), size});
            continue;
        }
        GuestRange place{window.start, size};
        const GuestRange* hit = nullptr;
        while (window.contains(place) && (hit = find_overlap(place, used)) != nullptr) {
            place.start = GuestPhysAddr(align_up(hit->end().number, AMP_PAGE_SIZE));
        }
        if (!window.contains(place)) {
            places.push_back(std::nullopt);
            continue;
        }
        used.push_back(place);
        places.push_back(place);
    }
    return places;
}

std::vector<GuestRange> joined_memory(const PartitionSpec& partition, Memory which) {
    std::vector<GuestRange> regions;
    for (const auto& region : partition.memory) {
        if (which == Memory::all || !region.unlisted) {
            regions.push_back(region.value);
        }
    }
    std::sort(regions.begin(), regions.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    std::vector<GuestRange> joined;
    for (const auto& region : regions) {
        if (!joined.empty() && joined.back().end() == region.start) {
            joined.back().size += region.size;
        } else {
            joined.push_back(region);
        }
    }
    return joined;
}

const GuestRange* find_overlap(const GuestRange& range, const std::vector<GuestRange>& others) {
    const auto hit =
        std::find_if(others.begin(), others.end(), [&](const auto& other) { return range.overlaps(other); });
    return hit == others.end() ? nullptr : &*hit;
}

bool in_memory(const PartitionSpec& partition, const GuestRange& range) {
    const auto memory = joined_memory(partition);
    return !range.overflows() &&
           std::any_of(memory.begin(), memory.end(), [&](const auto& region) { return region.contains(range); });
}

std::uint64_t largest_memory(const PartitionSpec& partition) {
    std::uint64_t largest = 0;
    for (const auto& region : joined_memory(partition)) {
        largest = std::max(largest, region.size);
    }
    return std::min<std::uint64_t>(largest, AMP_GPA_LIMIT);
}

std::string range_text(const GuestRange& range) {
    return hex(range.start.number) + "-" + hex(range.last().number);
}

std::string memory_text(const PartitionSpec& partition) {
    std::vector<std::string> parts;
    for (const auto& range : joined_memory(partition)) {
        parts.push_back(range_text(range));
    }
    return joined(parts);
}

std::optional<GuestRange> place_high(const PartitionSpec& partition, PlacedImage& image, std::uint64_t size) {
    auto memory = joined_memory(partition, Memory::listed);
    std::stable_partition(memory.begin(), memory.end(),
                          [&](const auto& region) { return region.contains(image.entry); });
    for (const auto& region : memory) {
        const std::uint64_t end = std::min(region.end(), image.ceiling).number;
        if (end < region.start.number || size > end - region.start.number) {
            continue;
        }
        GuestRange place{GuestPhysAddr(align_down(end - size, AMP_PAGE_SIZE)), size};
        while (region.contains(place)) {
            const GuestRange* hit = find_overlap(place, image.used);
            if (hit == nullptr) {
                image.used.push_back(place);
                return place;
            }
            if (hit->start.number < size) {
                break;
            }
            place.start = GuestPhysAddr(align_down(hit->start.number - size, AMP_PAGE_SIZE));
        }
    }
    return std::nullopt;
}

} // namespace amp
