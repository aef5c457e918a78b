// SPDX-License-Identifier: GPL-2.0-only
// Recognises an image by its content, and finds image files. Called by the image checks and the planner.
#include "amp/partitioner/image.hpp"

#include <algorithm>

#include "gzip.hpp"
#include "image_elf.hpp"
#include "image_linux.hpp"
#include "image_uimage.hpp"
#include "text.hpp"

namespace amp {

namespace {

struct Mark {
    std::size_t at;
    std::string_view bytes;
    std::string_view rule;
    std::string_view what;
    std::string_view hint;
};

// Files that would start as raw bytes, and crash, although it is plain what they are.
constexpr std::string_view unpack = "unpack it first";
constexpr Mark marks[] = {
    {0, "\xfd\x37zXZ", "image.compressed", "it is compressed with xz", unpack},
    {0, "\x28\xb5\x2f\xfd", "image.compressed", "it is compressed with zstd", unpack},
    {0, "\x04\x22\x4d\x18", "image.compressed", "it is compressed with lz4", unpack},
    {0, "\x02\x21\x4c\x18", "image.compressed", "it is compressed with lz4", unpack},
    {0, "BZh", "image.compressed", "it is compressed with bzip2", unpack},
    {4, "zimg", "image.compressed", "it is an EFI program that unpacks a kernel (EFI zboot)",
     "give the Image that it was made from"},
    {0x202, "HdrS", "image.machine", "it is a Linux kernel for x86", "give an arm64 Image or a 32-bit Arm zImage"},
    {0x38, "RSC\x05", "image.machine", "it is a Linux kernel for RISC-V",
     "give an arm64 Image or a 32-bit Arm zImage"},
    {0, "\xd0\x0d\xfe\xed", "image.not-executable", "it is a device tree, or an image tree (FIT)",
     "give the program that is in it"},
    {0, "#!", "image.not-executable", "it is a script", "give a program for the bare machine"},
};

const Mark* find_mark(const Bytes& file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    const auto found = std::find_if(std::begin(marks), std::end(marks), [&](const Mark& mark) {
        return text.size() >= mark.at && text.substr(mark.at).starts_with(mark.bytes);
    });
    return found == std::end(marks) ? nullptr : found;
}

Err<ImageError> fail(std::string_view rule, std::string message, std::string_view hint) {
    return Err{ImageError{std::string(rule), std::move(message), std::string(hint)}};
}

Result<Image, ImageError> parse_unpacked(const Bytes& file, std::uint64_t size_max) {
    if (file.empty()) {
        return fail("image.empty", "it is empty", "build it again");
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
    if (is_uimage(file)) {
        return parse_uimage(file, size_max);
    }
    if (const Mark* mark = find_mark(file)) {
        return fail(mark->rule, std::string(mark->what), mark->hint);
    }
    if (is_gzip(file)) {
        return fail("image.compressed", "it is compressed twice", "unpack it once");
    }
    Image image;
    image.segments.push_back({GuestPhysAddr(0), file.size(), file, "image"});
    return image;
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
    case ImageFormat::uimage:
        return "uImage";
    case ImageFormat::raw:
        break;
    }
    return "raw";
}

Result<Image, ImageError> parse_image(const Bytes& file, std::uint64_t size_max) {
    if (!is_gzip(file)) {
        return parse_unpacked(file, size_max);
    }
    const auto unpacked = gunzip(file, size_max);
    if (!unpacked) {
        return unpacked.error() == GzipError::damaged
                   ? fail("image.truncated", "it is a gzip file that ends too early or is damaged",
                          "copy the file again; gzip -t tells")
                   : fail("image.too-big",
                          "unpacked it is larger than the partition's memory, " + size_text(size_max),
                          "make memory larger");
    }
    auto image = parse_unpacked(*unpacked, size_max);
    if (image) {
        image->compressed = true;
    }
    return image;
}

std::string ImagePath::find(const Disk& disk, const std::string& spec_file, const std::string& name) const {
    const std::string beside = path_join(directory_of(spec_file), name);
    const std::string installed = path_join(guests_directory, name);
    return !disk.exists(beside) && disk.exists(installed) ? installed : beside;
}

} // namespace amp
