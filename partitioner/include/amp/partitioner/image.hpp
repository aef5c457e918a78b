// SPDX-License-Identifier: GPL-2.0-only
// What a guest image file holds and where it wants to be: ELF, a Linux kernel for arm64 or 32-bit Arm, or raw bytes.
// The format is recognised by content; nothing is decided here but what the file itself says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "amp/base/result.hpp"
#include "amp/base/units.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

enum class ImageFormat { elf, linux_image, zimage, uimage, raw };
std::string_view to_string(ImageFormat);

// Bytes that must be at gpa when the guest starts. memory_size beyond the bytes is zero (the partition's memory is
// scrubbed).
struct Segment {
    GuestPhysAddr gpa;
    std::uint64_t memory_size = 0;
    Bytes bytes;
    std::string what; // "image", "initrd", "device tree", "info page", "file NAME"
};

struct Image {
    ImageFormat format = ImageFormat::raw;
    bool aarch32 = false;              // 32-bit Arm code; never set for raw, which does not say
    bool compressed = false;           // the file was; what is here is not
    std::vector<Segment> segments;     // for linux_image, zimage, raw: one, gpa is 0; for uimage: one
    GuestPhysAddr entry;               // elf and uimage
    bool position_independent = false; // elf: may be moved as a whole
    std::uint64_t text_offset = 0;     // linux_image: from a 2 MiB boundary
    std::uint64_t unpacked_size = 0;   // zimage: of the kernel that it unpacks, zeroed data included
    std::optional<Range<GuestPhysAddr>> resource_table; // elf: its section .resource_table
};

// rule is the check that failed ("image.machine"), message what is wrong with the file.
struct ImageError {
    std::string rule;
    std::string message;
    std::string hint;
};

// size_max: a gzip-compressed image that becomes larger is not unpacked further.
Result<Image, ImageError> parse_image(const Bytes&, std::uint64_t size_max = std::uint64_t{1} << 30);

// Where files that a description names are looked for: beside the description, then among the installed guests.
struct ImagePath {
    std::string guests_directory = "/usr/lib/amp/guests";
    // The first that exists; the path beside the description where none does.
    std::string find(const Disk&, const std::string& spec_file, const std::string& name) const;
};

} // namespace amp
