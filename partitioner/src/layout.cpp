// SPDX-License-Identifier: GPL-2.0-only
// The one implementation of every placement decision; see layout.hpp. Pure functions.
#include "layout.hpp"

#include <algorithm>

#include "amp/abi/info_page.h"
#include "amp/base/bits.hpp"
#include "text.hpp"

namespace amp {

namespace {

Err<ImageError> fail(std::string rule, std::string message, std::string hint) {
    return Err{ImageError{std::move(rule), std::move(message), std::move(hint)}};
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

bool in_memory(const PartitionSpec& partition, const GuestRange& range) {
    const auto memory = joined_memory(partition);
    return std::any_of(memory.begin(), memory.end(), [&](const auto& region) { return region.contains(range); });
}

const GuestRange* find_overlap(const GuestRange& range, const std::vector<GuestRange>& others) {
    const auto hit =
        std::find_if(others.begin(), others.end(), [&](const auto& other) { return range.overlaps(other); });
    return hit == others.end() ? nullptr : &*hit;
}

/*
 * Documentation/arch/arm/booting.rst: a zImage may lie anywhere in the first 128 MiB of RAM; above 32 MiB it need not
 * move itself before it unpacks the kernel to the start of RAM. Device tree and initrd must stay clear of where it
 * unpacks, and within the kernel's linear mapping of RAM, which is at least 760 MiB with the usual split of addresses
 * (3 GiB for user space).
 */
constexpr std::uint64_t zimage_window = 128u << 20;
constexpr std::uint64_t zimage_comfort = 32u << 20;
constexpr std::uint64_t zimage_lowmem = 512u << 20;
// From the start of RAM to the unpacked kernel: 0x8000 and, for kernels that also run on some SoCs, up to 3 MiB more.
constexpr std::uint64_t zimage_text_offset_max = 4u << 20;
constexpr std::uint64_t zimage_offset_min = 0x8000;
// Stack, heap and relocated self of the unpacking code.
constexpr std::uint64_t zimage_workspace = 1u << 20;
constexpr std::uint64_t aarch32_limit = std::uint64_t{1} << 32;

GuestPhysAddr zimage_ram(const PartitionSpec& partition) {
    return GuestPhysAddr(align_up(joined_memory(partition).front().start.number, block_size));
}

// What is overwritten from the start of RAM until the kernel runs: the unpacked kernel and, where the zImage lies in its
// way, the copy above it.
GuestRange zimage_unpacking(const Image& image, const PartitionSpec& partition, GuestPhysAddr load) {
    const GuestPhysAddr ram = zimage_ram(partition);
    const std::uint64_t unpacked = zimage_text_offset_max + image.unpacked_size;
    const std::uint64_t own = image.segments.front().memory_size + zimage_workspace;
    return {ram, align_up(std::max(load - ram, unpacked) + own, AMP_PAGE_SIZE)};
}

Result<GuestPhysAddr, ImageError> zimage_address(const Image& image, const PartitionSpec& partition) {
    const GuestPhysAddr ram = zimage_ram(partition);
    const GuestRange window{ram + zimage_offset_min, zimage_window - zimage_offset_min};
    if (partition.load_address) {
        const GuestPhysAddr wanted(partition.load_address->value);
        if (!window.contains(wanted) || !wanted.is_aligned(4)) {
            return fail("image.load-address", "a zImage can't be loaded at " + hex(wanted.number),
                        "leave amp,load-address out; it must be a multiple of 4 in " + range_text(window) +
                            ", the first 128 MiB of memory but 32 KiB");
        }
        return wanted;
    }
    const std::uint64_t clear = align_up(zimage_text_offset_max + image.unpacked_size, block_size);
    const GuestPhysAddr comfortable = ram + std::max(zimage_comfort, clear);
    const bool fits = window.contains(comfortable) &&
                      in_memory(partition, zimage_unpacking(image, partition, comfortable));
    return fits ? comfortable : window.start;
}

// Where the lowest address of the image goes.
Result<GuestPhysAddr, ImageError> load_address(const Image& image, const PartitionSpec& partition) {
    const GuestPhysAddr ram = joined_memory(partition).front().start;
    const GuestPhysAddr own = image.segments.front().gpa;
    const auto& wanted = partition.load_address;
    switch (image.format) {
    case ImageFormat::elf:
        if (wanted && !image.position_independent && wanted->value != own.number) {
            return fail("image.load-address",
                        "amp,load-address is " + hex(wanted->value) + ", yet the ELF file is linked to " +
                            hex(own.number),
                        "remove amp,load-address, or link the program to that address");
        }
        if (image.position_independent) {
            const bool linked_into_memory = in_memory(partition, {own, image.segments.front().memory_size});
            return wanted ? GuestPhysAddr(wanted->value) : linked_into_memory ? own : ram;
        }
        return own;
    case ImageFormat::linux_image:
        if (wanted && !is_aligned(wanted->value - image.text_offset, block_size)) {
            return fail("image.load-address", "an arm64 Image can't be loaded at " + hex(wanted->value),
                        "leave amp,load-address out; it must be a multiple of 2 MiB plus " + hex(image.text_offset));
        }
        return wanted ? GuestPhysAddr(wanted->value)
                      : GuestPhysAddr(align_up(ram.number, block_size) + image.text_offset);
    case ImageFormat::zimage:
        return zimage_address(image, partition);
    case ImageFormat::raw:
        break;
    }
    return wanted ? GuestPhysAddr(wanted->value) : ram;
}

std::optional<Err<ImageError>> check_fit(const Image& image, const PartitionSpec& partition, const GuestRange& range) {
    if (!range.overflows() && in_memory(partition, range)) {
        return std::nullopt;
    }
    if (image.format == ImageFormat::elf) {
        return fail("image.outside-memory",
                    "its segment of " + size_text(range.size) + " at " + hex(range.start.number) +
                        " is not in the partition's memory",
                    "memory is " + memory_text(partition) + "; link the program into it or extend memory");
    }
    return fail("image.too-big",
                "it needs " + size_text(range.size) + " at " + hex(range.start.number) +
                    ", which the partition's memory does not have",
                "memory is " + memory_text(partition) + "; make it larger");
}

std::optional<Err<ImageError>> check_unpacking(const GuestRange& range, const PartitionSpec& partition) {
    if (!range.overflows() && in_memory(partition, range)) {
        return std::nullopt;
    }
    return fail("image.too-big",
                "it needs " + size_text(range.size) + " from " + hex(range.start.number) +
                    " on to unpack itself, which the partition's memory does not have",
                "memory is " + memory_text(partition) + "; make it larger");
}

// A 64-bit image in a partition that says it is a 32-bit one, and what a 32-bit one can't reach.
std::optional<Err<ImageError>> check_state(const Image& image, const PartitionSpec& partition,
                                           const PlacedImage& placed) {
    if (partition.aarch32 && !placed.aarch32) {
        return fail("image.aarch32", "it is a 64-bit image, yet the description says amp,aarch32",
                    "remove amp,aarch32; it is for raw images, all others say it themselves");
    }
    const auto high = std::find_if(placed.used.begin(), placed.used.end(),
                                   [](const auto& range) { return range.end().number > aarch32_limit; });
    if (placed.aarch32 && high != placed.used.end()) {
        return fail("image.aarch32",
                    "it is 32-bit code, yet " + range_text(*high) + " of it lies beyond " + hex(aarch32_limit - 1),
                    image.format == ImageFormat::elf ? "link it to lower addresses"
                                                     : "place memory or amp,load-address below 4 GiB");
    }
    return std::nullopt;
}

std::optional<Err<ImageError>> check_entry(const PlacedImage& placed) {
    const bool inside =
        std::any_of(placed.used.begin(), placed.used.end(), [&](const auto& r) { return r.contains(placed.entry); });
    if (!inside || !placed.entry.is_aligned(4)) {
        return fail("image.entry",
                    "its entry point " + hex(placed.entry.number) +
                        (inside ? " is no multiple of 4" : " lies outside the image"),
                    "the image occupies " + range_text(placed.used.front()) +
                        (placed.used.size() > 1 ? " and more" : ""));
    }
    return std::nullopt;
}

} // namespace

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
    return platform;
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

std::vector<GuestRange> joined_memory(const PartitionSpec& partition) {
    std::vector<GuestRange> regions;
    for (const auto& region : partition.memory) {
        regions.push_back(region.value);
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

Result<PlacedImage, ImageError> place_image(const Image& image, const PartitionSpec& partition) {
    const auto start = load_address(image, partition);
    if (!start) {
        return Err{start.error()};
    }
    // Modulo 2^64, as segments may move down as well as up.
    const std::uint64_t shift = start->number - image.segments.front().gpa.number;
    PlacedImage placed;
    for (Segment segment : image.segments) {
        segment.gpa = segment.gpa + shift;
        const GuestRange range{segment.gpa, segment.memory_size};
        if (auto error = check_fit(image, partition, range)) {
            return std::move(*error);
        }
        placed.used.push_back(range);
        if (!segment.bytes.empty()) {
            placed.segments.push_back(std::move(segment));
        }
    }
    const GuestPhysAddr own_entry = image.format == ImageFormat::elf ? image.entry + shift : *start;
    placed.entry = partition.entry ? GuestPhysAddr(partition.entry->value) : own_entry;
    placed.aarch32 = image.aarch32 || (image.format == ImageFormat::raw && partition.aarch32);
    if (auto error = check_entry(placed)) {
        return std::move(*error);
    }
    if (auto error = check_state(image, partition, placed)) {
        return std::move(*error);
    }
    if (placed.aarch32) {
        placed.ceiling = GuestPhysAddr(aarch32_limit);
    }
    if (image.format == ImageFormat::zimage) {
        const GuestRange unpacking = zimage_unpacking(image, partition, *start);
        if (auto error = check_unpacking(unpacking, partition)) {
            return std::move(*error);
        }
        placed.used.push_back(unpacking);
        placed.ceiling = std::min(placed.ceiling, unpacking.start + zimage_lowmem);
    }
    return placed;
}

std::uint64_t dtb_room(const PartitionSpec& partition) {
    const std::uint64_t bootargs = partition.bootargs ? partition.bootargs->value.size() : 0;
    return align_up(8192 + bootargs + partition.channels.size() * 512 + partition.memory.size() * 128, AMP_PAGE_SIZE);
}

std::optional<GuestRange> place_high(const PartitionSpec& partition, PlacedImage& image, std::uint64_t size) {
    auto memory = joined_memory(partition);
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
