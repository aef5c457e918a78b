// SPDX-License-Identifier: GPL-2.0-only
// Where things go in a partition's address space. The checks ask whether they fit, the planner takes the answers: both
// use these functions, so that what was checked is what is planned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "amp/base/result.hpp"
#include "amp/partitioner/plan.hpp"

namespace amp {

using GuestRange = Range<GuestPhysAddr>;

struct NamedRange {
    GuestRange range;
    std::string name; // "the GIC distributor"
};

constexpr std::uint64_t block_size = 2u << 20; // a stage-2 block (Arm DDI 0487, D8.3: level 2, 4 KiB granule)
constexpr std::uint64_t gicd_size_v3 = 0x10000;
constexpr std::uint64_t gicd_size_v2 = 0x1000;
constexpr std::uint64_t gicr_size = 0x20000;
constexpr std::uint64_t gicc_size = 0x2000;
constexpr std::uint64_t console_size = 0x1000;
constexpr std::uint64_t virtio_gpa = 0x0a000000; // and interrupts, as QEMU's virt machine has them
constexpr std::uint32_t virtio_intid_first = 48;
// Of an assigned device in the guest's tree, clocks included; rule devices.node-too-large
constexpr std::uint64_t device_node_room = 4096;

constexpr Irq virtio_intid(std::size_t index) {
    return Irq(virtio_intid_first + static_cast<std::uint32_t>(index));
}

// gic_version 0 (unknown machine) counts as 3. The window of virtio devices is there if the partition has one; see also add_virtio_window.
Platform platform_for(const PartitionSpec&, unsigned gic_version);
// Where no device needs it, a plan with all its regions gets the window, too, unless something else lies there: a guest that looks
// for devices without being told finds none instead of a fault.
void add_virtio_window(Plan&);
// Everything but memory and channels that answers at an address: GIC, console, virtio devices, info page.
std::vector<NamedRange> platform_ranges(const Platform&);

// One range per channel, in their order; nothing where the window is full. Sizes are page aligned.
std::vector<std::optional<GuestRange>> place_channels(const PartitionSpec&);

// Memory regions with neighbours joined, sorted by address; listed: only what the guest is told of.
enum class Memory { all, listed };
std::vector<GuestRange> joined_memory(const PartitionSpec&, Memory = Memory::all);

struct PlacedImage {
    std::vector<Segment> segments;
    GuestPhysAddr entry;
    std::vector<GuestRange> used; // memory that the segments occupy, zeroed parts included
    bool aarch32 = false;
    // Where device tree and initrd must end: what the guest can reach before it has looked at its device tree.
    GuestPhysAddr ceiling{AMP_GPA_LIMIT};
};
Result<PlacedImage, ImageError> place_image(const Image&, const PartitionSpec&);

// Of the largest region: more no image can have, whatever it unpacks to.
std::uint64_t largest_memory(const PartitionSpec&);
bool in_memory(const PartitionSpec&, const GuestRange&);
// The first of others that shares a byte with the range; null: none.
const GuestRange* find_overlap(const GuestRange&, const std::vector<GuestRange>& others);
// For messages: "0x40000000-0x40ffffff", and all memory like that
std::string range_text(const GuestRange&);
std::string memory_text(const PartitionSpec&);

// The highest free place below the image's ceiling, preferring the memory region that holds its entry; added to used.
std::optional<GuestRange> place_high(const PartitionSpec&, PlacedImage&, std::uint64_t size);

} // namespace amp
