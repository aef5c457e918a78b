// SPDX-License-Identifier: GPL-2.0-only
// Headers of Linux kernels: Documentation/arch/arm64/booting.rst, "Call the kernel image", and
// Documentation/arch/arm/booting.rst; the words behind the zImage's magic are those that its start-up code
// (arch/arm/boot/compressed) publishes for loaders. All of it is untrusted.
#include "image_linux.hpp"

#include <algorithm>
#include <cstring>

#include "text.hpp"

namespace amp {

namespace {

// arm64 Image: a header of 64 bytes
constexpr std::size_t linux_header_size = 64;
constexpr std::size_t text_offset_at = 8;
constexpr std::size_t image_size_at = 16;
constexpr std::size_t magic_at = 56;
constexpr std::uint8_t linux_magic[] = {'A', 'R', 'M', 0x64};

// zImage
constexpr std::size_t zimage_header_size = 0x30;
constexpr std::size_t zimage_magic_at = 0x24;
constexpr std::size_t zimage_start_at = 0x28;
constexpr std::size_t zimage_end_at = 0x2c;
constexpr std::uint32_t zimage_magic = 0x016f2818;
constexpr std::uint32_t zimage_magic_swapped = 0x18286f01;
// since Linux 4.15: a second magic, then where a table of tags is
constexpr std::size_t table_magic_at = 0x34;
constexpr std::size_t table_at = 0x38;
constexpr std::uint32_t table_magic = 0x45454545;
constexpr std::uint32_t kernel_size_tag = 0x5a534c4b;
// Without the table: xz, the tightest in use, makes a fourth of a kernel.
constexpr std::uint64_t compression_bound = 5;

std::uint64_t little_endian(const Bytes& file, std::uint64_t at, unsigned bytes) {
    std::uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;) {
        value = value << 8 | file[at + i];
    }
    return value;
}

std::uint32_t word(const Bytes& file, std::uint64_t at) {
    return static_cast<std::uint32_t>(little_endian(file, at, 4));
}

bool has_word(const Bytes& file, std::uint64_t at) {
    return at <= file.size() && file.size() - at >= 4;
}

// A tag: its length in words, its number, then for the kernel's size: where in the file that stands, and the size of
// zeroed data.
std::uint64_t unpacked_size(const Bytes& file) {
    const std::uint64_t guess = file.size() * compression_bound;
    if (!has_word(file, table_at) || word(file, table_magic_at) != table_magic) {
        return guess;
    }
    std::uint64_t at = word(file, table_at);
    while (has_word(file, at + 12) && word(file, at) >= 2) {
        if (word(file, at + 4) == kernel_size_tag && has_word(file, word(file, at + 8))) {
            return std::uint64_t{word(file, word(file, at + 8))} + word(file, at + 12);
        }
        at += std::uint64_t{word(file, at)} * 4;
    }
    return guess;
}

} // namespace

bool is_linux_image(const Bytes& file) {
    return file.size() >= linux_header_size &&
           std::memcmp(file.data() + magic_at, linux_magic, sizeof linux_magic) == 0;
}

Result<Image, ImageError> parse_linux_image(const Bytes& file) {
    Image image;
    image.format = ImageFormat::linux_image;
    const std::uint64_t image_size = little_endian(file, image_size_at, 8);
    // Kernels before 3.17 say 0: their text_offset is 0x80000 whatever the field holds.
    image.text_offset = image_size == 0 ? 0x80000 : little_endian(file, text_offset_at, 8);
    if (image_size > (std::uint64_t{1} << 40) || image.text_offset > (std::uint64_t{1} << 30)) {
        return Err{ImageError{"image.truncated", "its arm64 Image header is damaged: image_size " + hex(image_size),
                              "copy the file again"}};
    }
    image.segments.push_back({GuestPhysAddr(0), std::max<std::uint64_t>(image_size, file.size()), file, "image"});
    return image;
}

bool is_zimage(const Bytes& file) {
    return file.size() >= zimage_header_size &&
           (word(file, zimage_magic_at) == zimage_magic || word(file, zimage_magic_at) == zimage_magic_swapped);
}

Result<Image, ImageError> parse_zimage(const Bytes& file) {
    if (word(file, zimage_magic_at) != zimage_magic) {
        return Err{ImageError{"image.machine", "it is a zImage for big-endian Arm", "build a little-endian kernel"}};
    }
    const std::uint64_t start = word(file, zimage_start_at);
    const std::uint64_t end = word(file, zimage_end_at);
    if (end < start || end - start > file.size()) {
        return Err{ImageError{"image.truncated",
                              "it is a zImage of " + std::to_string(end - start) + " bytes, of which " +
                                  std::to_string(file.size()) + " are there",
                              "copy the file again"}};
    }
    Image image;
    image.format = ImageFormat::zimage;
    image.aarch32 = true;
    image.unpacked_size = unpacked_size(file);
    image.segments.push_back({GuestPhysAddr(0), file.size(), file, "image"});
    return image;
}

} // namespace amp
