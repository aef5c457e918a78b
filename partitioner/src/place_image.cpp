// SPDX-License-Identifier: GPL-2.0-only
// Where an image goes: as its format and the description want it, or why that can't be. Pure functions, called by the
// checks and the planner through layout.hpp.
#include <algorithm>

#include "amp/base/bits.hpp"
#include "layout.hpp"
#include "text.hpp"

namespace amp {

namespace {

Err<ImageError> fail(std::string rule, std::string message, std::string hint) {
    return Err{ImageError{std::move(rule), std::move(message), std::move(hint)}};
}

// The first region of memory in which `fits`, else the first one, about which the error will be.
template <typename Fits>
GuestPhysAddr first_memory(const PartitionSpec& partition, Fits fits) {
    const auto memory = joined_memory(partition);
    const auto found = std::find_if(memory.begin(), memory.end(), fits);
    return (found == memory.end() ? memory.front() : *found).start;
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

// Memory that holds the zImage and the kernel that it unpacks.
GuestPhysAddr zimage_ram(const Image& image, const PartitionSpec& partition) {
    const std::uint64_t least = image.segments.front().memory_size + image.unpacked_size;
    const auto ram = first_memory(partition, [&](const auto& region) { return region.size >= least; });
    return GuestPhysAddr(align_up(ram.number, block_size));
}

// What is overwritten from the start of RAM until the kernel runs: the unpacked kernel and, where the zImage lies in
// its way, the copy above it.
GuestRange zimage_unpacking(const Image& image, const PartitionSpec& partition, GuestPhysAddr load) {
    const GuestPhysAddr ram = zimage_ram(image, partition);
    const std::uint64_t unpacked = zimage_text_offset_max + image.unpacked_size;
    const std::uint64_t own = image.segments.front().memory_size + zimage_workspace;
    return {ram, align_up(std::max(load - ram, unpacked) + own, AMP_PAGE_SIZE)};
}

Result<GuestPhysAddr, ImageError> zimage_address(const Image& image, const PartitionSpec& partition) {
    const GuestPhysAddr ram = zimage_ram(image, partition);
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

GuestPhysAddr linux_address(const Image& image, const PartitionSpec& partition) {
    const auto address = [&](GuestPhysAddr start) {
        return GuestPhysAddr(align_up(start.number, block_size) + image.text_offset);
    };
    return address(first_memory(partition, [&](const GuestRange& region) {
        return region.contains(GuestRange{address(region.start), image.segments.front().memory_size});
    }));
}

// Where the lowest address of the image goes.
Result<GuestPhysAddr, ImageError> load_address(const Image& image, const PartitionSpec& partition) {
    const GuestPhysAddr own = image.segments.front().gpa;
    const std::uint64_t size = image.segments.back().gpa + image.segments.back().memory_size - own;
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
            return wanted               ? GuestPhysAddr(wanted->value)
                   : linked_into_memory ? own
                                        : first_memory(partition, [&](const auto& r) { return r.size >= size; });
        }
        return own;
    case ImageFormat::linux_image:
        if (wanted && !is_aligned(wanted->value - image.text_offset, block_size)) {
            return fail("image.load-address", "an arm64 Image can't be loaded at " + hex(wanted->value),
                        "leave amp,load-address out; it must be a multiple of 2 MiB plus " + hex(image.text_offset));
        }
        return wanted ? GuestPhysAddr(wanted->value) : linux_address(image, partition);
    case ImageFormat::zimage:
        return zimage_address(image, partition);
    case ImageFormat::uimage:
        return wanted ? GuestPhysAddr(wanted->value) : own;
    case ImageFormat::raw:
        break;
    }
    return wanted ? GuestPhysAddr(wanted->value)
                  : first_memory(partition, [&](const auto& region) { return region.size >= size; });
}

std::optional<Err<ImageError>> check_fit(const Image& image, const PartitionSpec& partition, const GuestRange& range) {
    if (in_memory(partition, range)) {
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
    if (in_memory(partition, range)) {
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
    if (inside && placed.aarch32 && !placed.entry.is_aligned(2)) {
        return fail("image.entry", "its entry point " + hex(placed.entry.number) + " is Thumb code",
                    "begin in Arm code (A32), which may then change over");
    }
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
    if (image.resource_table) {
        placed.resource_table = GuestRange{image.resource_table->start + shift, image.resource_table->size};
    }
    const bool has_entry = image.format == ImageFormat::elf || image.format == ImageFormat::uimage;
    const GuestPhysAddr own_entry = has_entry ? image.entry + shift : *start;
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

} // namespace amp
