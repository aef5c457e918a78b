// SPDX-License-Identifier: GPL-2.0-only
// ELF64 reader (System V ABI, chapters 4 and 5; Arm IHI 0056 for the machine). Every offset and size in the file is
// untrusted: sums are checked before they are used.
#include "image_elf.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>

#include "text.hpp"

namespace amp {

namespace {

Err<ImageError> fail(std::string rule, std::string message, std::string hint) {
    return Err{ImageError{std::move(rule), std::move(message), std::move(hint)}};
}

template <typename T>
T read_at(const Bytes& file, std::uint64_t offset) {
    T value;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
}

bool fits(const Bytes& file, std::uint64_t offset, std::uint64_t size) {
    return offset <= file.size() && size <= file.size() - offset;
}

std::string machine_name(unsigned machine) {
    switch (machine) {
    case EM_ARM:
        return "32-bit Arm";
    case EM_386:
        return "x86";
    case EM_X86_64:
        return "x86-64";
    case EM_RISCV:
        return "RISC-V";
    default:
        return "machine " + std::to_string(machine);
    }
}

const std::string build_hint = "build it for arm64, e.g. with aarch64-linux-gnu-gcc";

std::optional<Err<ImageError>> check_header(const Elf64_Ehdr& header) {
    if (header.e_machine != EM_AARCH64) {
        return fail("image.machine", "it is an ELF file for " + machine_name(header.e_machine) + ", not for arm64",
                    build_hint);
    }
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
        return fail("image.machine", "it is no 64-bit little-endian ELF file", build_hint);
    }
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
        return fail("image.not-executable",
                    "it is an ELF file of type " + std::to_string(header.e_type) + ", not a linked program",
                    "give the linker's output, not an object file");
    }
    if (header.e_phnum == 0 || header.e_phentsize != sizeof(Elf64_Phdr)) {
        return fail("image.not-executable", "it has no program headers that say what to load",
                    "link it as a program with PT_LOAD segments");
    }
    return std::nullopt;
}

Result<std::vector<Elf64_Phdr>, ImageError> loadable(const Bytes& file, const Elf64_Ehdr& header) {
    std::vector<Elf64_Phdr> all;
    if (!fits(file, header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr))) {
        return fail("image.truncated", "its program headers lie beyond its end", "copy the file again");
    }
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const auto segment = read_at<Elf64_Phdr>(file, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (segment.p_type == PT_LOAD && segment.p_memsz != 0) {
            all.push_back(segment);
        }
    }
    if (all.empty()) {
        return fail("image.not-executable", "it has no loadable segment", "link it as a program with PT_LOAD segments");
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.p_paddr < b.p_paddr; });
    return all;
}

std::optional<Err<ImageError>> check_segment(const Bytes& file, const Elf64_Phdr& segment, std::uint64_t free_from) {
    const Range<GuestPhysAddr> range{GuestPhysAddr(segment.p_paddr), segment.p_memsz};
    if (!fits(file, segment.p_offset, segment.p_filesz) || segment.p_filesz > segment.p_memsz) {
        return fail("image.truncated", "its segment at " + hex(segment.p_paddr) + " lies beyond its end",
                    "copy the file again");
    }
    if (range.overflows() || segment.p_paddr < free_from) {
        return fail("image.segments-overlap", "its segment at " + hex(segment.p_paddr) + " overlaps another one",
                    "correct the linker script: load addresses (LMA) of segments must be apart");
    }
    return std::nullopt;
}

// The entry point is a virtual address; the guest starts with its MMU off, so the load address counts.
std::uint64_t physical_entry(std::uint64_t entry, const std::vector<Elf64_Phdr>& segments) {
    for (const auto& segment : segments) {
        if (entry >= segment.p_vaddr && entry - segment.p_vaddr < segment.p_memsz) {
            return entry - segment.p_vaddr + segment.p_paddr;
        }
    }
    return entry;
}

} // namespace

bool is_elf(const Bytes& file) {
    return file.size() >= SELFMAG && std::memcmp(file.data(), ELFMAG, SELFMAG) == 0;
}

Result<Image, ImageError> parse_elf(const Bytes& file) {
    if (file.size() < sizeof(Elf64_Ehdr)) {
        return fail("image.truncated", "it ends within its ELF header", "copy the file again");
    }
    const auto header = read_at<Elf64_Ehdr>(file, 0);
    if (auto error = check_header(header)) {
        return std::move(*error);
    }
    const auto segments = loadable(file, header);
    if (!segments) {
        return Err{segments.error()};
    }
    Image image;
    image.format = ImageFormat::elf;
    image.position_independent = header.e_type == ET_DYN;
    image.entry = GuestPhysAddr(physical_entry(header.e_entry, *segments));
    std::uint64_t free_from = 0;
    for (const auto& segment : *segments) {
        if (auto error = check_segment(file, segment, free_from)) {
            return std::move(*error);
        }
        free_from = segment.p_paddr + segment.p_memsz;
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(segment.p_offset);
        image.segments.push_back({GuestPhysAddr(segment.p_paddr), segment.p_memsz,
                                  Bytes(begin, begin + static_cast<std::ptrdiff_t>(segment.p_filesz)), "image"});
    }
    return image;
}

} // namespace amp
