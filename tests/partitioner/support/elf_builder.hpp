// SPDX-License-Identifier: GPL-2.0-only
// Images for tests, good and damaged.
#pragma once

#include "amp/partitioner/disk.hpp"

namespace amp::test {

struct ElfSegment {
    std::uint64_t address = 0x40000000;
    std::uint64_t file_size = 0x100;
    std::uint64_t memory_size = 0x1000;
    std::uint64_t virtual_address = 0; // 0: as address
};

struct ElfOptions {
    unsigned machine = 183; // EM_AARCH64
    unsigned type = 2;      // ET_EXEC
    unsigned char elf_class = 2; // ELFCLASS64; 1 makes an ELF32 file
    std::uint64_t entry = 0x40000000;
    std::vector<ElfSegment> segments = {{}};
    // A section .resource_table with these bytes: the beginning of the first segment, which is at least as large.
    Bytes resource_table = {};
};

Bytes make_elf(const ElfOptions& = {});
// arm64 Image: file_size bytes, the header says image_size and text_offset
Bytes make_linux_image(std::uint64_t file_size, std::uint64_t image_size, std::uint64_t text_offset = 0);

// zImage: file_size bytes, unpacks to unpacked_size bytes, bss_size of them not in the file
Bytes make_zimage(std::uint32_t file_size, std::uint32_t unpacked_size, std::uint32_t bss_size = 0);

struct UImageOptions {
    std::uint8_t architecture = 2; // 32-bit Arm
    std::uint8_t type = 2;         // kernel
    std::uint8_t compression = 0;
    std::uint32_t load = 0x40000000;
    std::uint32_t entry = 0x40000000;
};
Bytes make_uimage(const Bytes& payload, const UImageOptions& = {});
Bytes make_gzip(const Bytes&);

} // namespace amp::test
