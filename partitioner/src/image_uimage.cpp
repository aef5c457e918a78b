// SPDX-License-Identifier: GPL-2.0-only
// The legacy format that mkimage writes: 64 bytes, big-endian, two checksums, then the payload. A kernel inside goes
// where kernels go; anything else goes to the header's address.
#include "image_uimage.hpp"

#include "gzip.hpp"
#include "image_linux.hpp"
#include "text.hpp"

namespace amp {

namespace {

constexpr std::size_t header_size = 64;
constexpr std::uint32_t magic = 0x27051956;
// Offsets of fields
constexpr std::size_t header_crc_at = 4, size_at = 12, load_at = 16, entry_at = 20, data_crc_at = 24;
constexpr std::size_t architecture_at = 29, type_at = 30, compression_at = 31;
// Values
constexpr std::uint8_t architecture_arm = 2, architecture_arm64 = 22;
constexpr std::uint8_t type_standalone = 1, type_kernel = 2, type_firmware = 5;
constexpr std::uint8_t compression_none = 0, compression_gzip = 1;

Err<ImageError> fail(std::string rule, std::string message, std::string hint) {
    return Err{ImageError{std::move(rule), std::move(message), std::move(hint)}};
}

std::uint32_t word(const Bytes& file, std::size_t at) {
    return static_cast<std::uint32_t>(file[at]) << 24 | static_cast<std::uint32_t>(file[at + 1]) << 16 |
           static_cast<std::uint32_t>(file[at + 2]) << 8 | file[at + 3];
}

std::optional<Err<ImageError>> check_header(const Bytes& file) {
    Bytes header(file.begin(), file.begin() + header_size);
    std::fill_n(header.begin() + header_crc_at, 4, std::uint8_t{0}); // counted as zero
    if (crc32_of(header.data(), header.size()) != word(file, header_crc_at)) {
        return fail("image.truncated", "the checksum of its uImage header is wrong", "copy the file again");
    }
    const std::uint64_t size = word(file, size_at);
    if (size > file.size() - header_size ||
        crc32_of(file.data() + header_size, size) != word(file, data_crc_at)) {
        return fail("image.truncated", "it is a uImage of " + std::to_string(size) +
                        " bytes, which are not all there or altered", "copy the file again");
    }
    const std::uint8_t architecture = file[architecture_at];
    if (architecture != architecture_arm && architecture != architecture_arm64) {
        return fail("image.machine",
                    "it is a uImage for architecture " + std::to_string(architecture) + ", not for arm64 or 32-bit Arm",
                    "make it with mkimage -A arm64 or -A arm");
    }
    const std::uint8_t type = file[type_at];
    if (type != type_standalone && type != type_kernel && type != type_firmware) {
        return fail("image.not-executable", "it is a uImage of type " + std::to_string(type) + ", no program",
                    "make it with mkimage -T kernel, standalone or firmware");
    }
    return std::nullopt;
}

Result<Bytes, ImageError> payload_of(const Bytes& file, std::uint64_t size_max) {
    const auto begin = file.begin() + header_size;
    Bytes payload(begin, begin + static_cast<std::ptrdiff_t>(word(file, size_at)));
    if (payload.empty()) {
        return fail("image.empty", "it is a uImage with nothing in it", "build it again");
    }
    if (file[compression_at] == compression_none) {
        return payload;
    }
    if (file[compression_at] != compression_gzip) {
        return fail("image.compressed",
                    "its payload is compressed by method " + std::to_string(file[compression_at]) + ", not gzip",
                    "make it with mkimage -C none or -C gzip");
    }
    auto unpacked = gunzip(payload, size_max);
    if (!unpacked) {
        return unpacked.error() == GzipError::damaged
                   ? fail("image.truncated", "its gzip payload is damaged", "build it again")
                   : fail("image.too-big", "unpacked it is larger than the partition's memory, " + size_text(size_max),
                          "make memory larger");
    }
    return std::move(*unpacked);
}

} // namespace

bool is_uimage(const Bytes& file) {
    return file.size() >= header_size && word(file, 0) == magic;
}

Result<Image, ImageError> parse_uimage(const Bytes& file, std::uint64_t size_max) {
    if (auto error = check_header(file)) {
        return std::move(*error);
    }
    auto payload = payload_of(file, size_max);
    if (!payload) {
        return Err{payload.error()};
    }
    if (is_linux_image(*payload)) {
        return parse_linux_image(*payload);
    }
    if (is_zimage(*payload)) {
        return parse_zimage(*payload);
    }
    Image image;
    image.format = ImageFormat::uimage;
    image.aarch32 = file[architecture_at] == architecture_arm;
    image.entry = GuestPhysAddr(word(file, entry_at));
    const std::uint64_t size = payload->size();
    image.segments.push_back({GuestPhysAddr(word(file, load_at)), size, std::move(*payload), "image"});
    return image;
}

} // namespace amp
