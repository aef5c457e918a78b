// SPDX-License-Identifier: GPL-2.0-only
// Recognises an image by its content, and finds image files. Called by the image checks and the planner.
#include "amp/partitioner/image.hpp"

#include "image_elf.hpp"
#include "image_linux.hpp"
#include "text.hpp"

namespace amp {

namespace {

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
    case ImageFormat::zimage:
        return "zImage";
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
    if (is_zimage(file)) {
        return parse_zimage(file);
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
