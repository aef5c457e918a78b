// SPDX-License-Identifier: GPL-2.0-only
// The files that a partition loads beside its image, read once: initrd, files with an address of their own, what the
// device tree is made of. Checks and planner both read and place them through this, so that what was checked is what is
// planned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "amp/partitioner/plan.hpp"
#include "layout.hpp"

namespace amp {

struct PayloadFile {
    std::string path;
    Result<Bytes, std::string> bytes;
};

struct Payload {
    std::vector<PayloadFile> files; // in the order of PartitionSpec::files; those without amp,file are unreadable
    std::optional<PayloadFile> dtb;
    std::vector<PayloadFile> overlays;
    std::optional<PayloadFile> initrd;
};

// Device trees are what the files hold, source or blob.
Payload read_payload(const Spec&, const PartitionSpec&, const ImagePath&, const Disk&);

// A device tree blob out of source (through dtc, with symbols for overlays) or blob; the error says what is wrong.
Result<Bytes, std::string> device_tree_blob(const Bytes&, const std::string& file);

// Room kept for the device tree: more than it ever needs.
std::uint64_t dtb_room(const PartitionSpec&, const Payload&);
// Where it goes: amp,dtb-address, or as high as place_high finds room; added to the image's used ranges.
std::optional<GuestRange> place_dtb(const PartitionSpec&, PlacedImage&, std::uint64_t room);

} // namespace amp
