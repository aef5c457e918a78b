// SPDX-License-Identifier: GPL-2.0-only
// Recognises an image by its content, and finds image files. Called by the image checks and the planner.
#include "amp/partitioner/image.hpp"

#include <algorithm>
#include <cstring>

#include "image_elf.hpp"
#include "text.hpp"

namespace amp {

namespace {

// Documentation/arch/arm64/booting.rst, "Call the kernel image": the 64-byte header.
constexpr std::size_t linux_header_size = 64;
constexpr std::size_t text_offset_at = 8;
constexpr std::size_t image_size_at = 16;
constexpr std::size_t magic_at = 56;
constexpr std::uint8_t linux_magic[] = {'A', 'R', 'M', 0x64};

std::uint64_t little_endian(const Bytes& file, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) {
        value = value << 8 | file[at + i];
    }
    return value;
}

bool is_linux_image(const Bytes& file) {
    return file.size() >= linux_header_size &&
           std::memcmp(file.data() + magic_at, linux_magic, sizeof linux_magic) == 0;
}

Result<Image, ImageError> parse_linux_image(const Bytes& file) {
    Image image;
    image.format = ImageFormat::linux_image;
    const std::uint64_t image_size = little_endian(file, image_size_at);
    // Kernels before 3.17 say 0: their text_offset is 0x80000 whatever the field holds.
    image.text_offset = image_size == 0 ? 0x80000 : little_endian(file, text_offset_at);
    if (image_size > (std::uint64_t{1} << 40) || image.text_offset > (std::uint64_t{1} << 30)) {
        return Err{ImageError{"image.truncated", "its arm64 Image header is damaged: image_size " + hex(image_size),
                              "copy the file again"}};
    }
    image.segments.push_back({GuestPhysAddr(0), std::max<std::uint64_t>(image_size, file.size()), file, "image"});
    return image;
}

// gzip (RFC 1952) is what distributions ship as vmlinuz on arm64.
bool is_gzip(const Bytes& file) {
    return file.size() >= 2 && file[0] == 0x1f && file[1] == 0x8b;
}

} // namespace

std::string_view to_string(ImageFormat format) {
    switch (format) {
    case ImageFormat::elf:
        return "ELF";
    case ImageFormat::linux_image:
        return "arm64 Image";
    case ImageFormat::raw:
        break;
    }
    return "raw";
}

Result<Image, ImageError> parse_image(const Bytes& file) {
    if (file.empty()) {
        return Err{ImageError{"image.empty", "it is empty", "build it again"}};
    }
    if (is_elf(file)) {
        return parse_elf(file);
    }
    if (is_linux_image(file)) {
        return parse_linux_image(file);
    }
    if (is_gzip(file)) {
        return Err{
            ImageError{"image.compressed", "it is compressed with gzip", "unpack it first: gunzip < vmlinuz > Image"}};
    }
    Image image;
    image.segments.push_back({GuestPhysAddr(0), file.size(), file, "image"});
    return image;
}

std::string ImagePath::find(const Disk& disk, const std::string& spec_file, const std::string& name) const {
    const std::string beside = path_join(directory_of(spec_file), name);
    const std::string installed = path_join(guests_directory, name);
    return !disk.exists(beside) && disk.exists(installed) ? installed : beside;
}

} // namespace amp
