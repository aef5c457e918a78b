// SPDX-License-Identifier: GPL-2.0-only
// ELF reader (System V ABI, chapters 4 and 5; for the machines Arm IHI 0056 and, 32-bit, Arm IHI 0044). Every offset
// and size in the file is untrusted: sums are checked before they are used.
#include "image_elf.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>

#include "amp/abi/rpmsg.h"
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

// Both classes of ELF file in one form.
struct Header {
    unsigned machine;
    unsigned type;
    std::uint64_t entry;
    std::uint64_t program_offset;
    unsigned program_count;
    bool program_size_matches;
    std::uint64_t section_offset;
    unsigned section_count;
    unsigned section_names; // index of the section with their names
};

struct Section {
    std::uint64_t name, virtual_address, offset, size;
    bool is_loaded;
};

struct Program {
    unsigned type;
    std::uint64_t offset, virtual_address, address, file_size, memory_size;
};

template <typename Ehdr, typename Phdr>
Header read_header(const Bytes& file) {
    const auto h = read_at<Ehdr>(file, 0);
    return {h.e_machine, h.e_type,  h.e_entry, h.e_phoff,   h.e_phnum, h.e_phentsize == sizeof(Phdr),
            h.e_shoff,   h.e_shnum, h.e_shstrndx};
}

template <typename Shdr>
Section read_section(const Bytes& file, std::uint64_t offset) {
    const auto s = read_at<Shdr>(file, offset);
    return {s.sh_name, s.sh_addr, s.sh_offset, s.sh_size, (s.sh_flags & SHF_ALLOC) != 0 && s.sh_type != SHT_NOBITS};
}

template <typename Phdr>
Program read_program(const Bytes& file, std::uint64_t offset) {
    const auto p = read_at<Phdr>(file, offset);
    return {p.p_type, p.p_offset, p.p_vaddr, p.p_paddr, p.p_filesz, p.p_memsz};
}

std::string machine_name(unsigned machine) {
    switch (machine) {
    case EM_ARM:
        return "32-bit Arm";
    case EM_AARCH64:
        return "arm64";
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

const std::string build_hint =
    "build it for arm64, e.g. with aarch64-linux-gnu-gcc, or for 32-bit Arm, e.g. with arm-none-eabi-gcc";

std::optional<Err<ImageError>> check_header(const Header& header, bool is_64bit) {
    if (header.machine != EM_AARCH64 && header.machine != EM_ARM) {
        return fail("image.machine",
                    "it is an ELF file for " + machine_name(header.machine) + ", not for arm64 or 32-bit Arm",
                    build_hint);
    }
    if (is_64bit != (header.machine == EM_AARCH64)) {
        return fail("image.machine",
                    "it is a " + std::string(is_64bit ? "64" : "32") + "-bit ELF file for " +
                        machine_name(header.machine),
                    build_hint);
    }
    if (header.type != ET_EXEC && header.type != ET_DYN) {
        return fail("image.not-executable",
                    "it is an ELF file of type " + std::to_string(header.type) + ", not a linked program",
                    "give the linker's output, not an object file");
    }
    if (header.program_count == 0 || !header.program_size_matches) {
        return fail("image.not-executable", "it has no program headers that say what to load",
                    "link it as a program with PT_LOAD segments");
    }
    return std::nullopt;
}

Result<std::vector<Program>, ImageError> loadable(const Bytes& file, const Header& header, bool is_64bit) {
    std::vector<Program> all;
    const std::uint64_t size = is_64bit ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    if (!fits(file, header.program_offset, header.program_count * size)) {
        return fail("image.truncated", "its program headers lie beyond its end", "copy the file again");
    }
    for (unsigned i = 0; i < header.program_count; ++i) {
        const std::uint64_t offset = header.program_offset + i * size;
        const Program program =
            is_64bit ? read_program<Elf64_Phdr>(file, offset) : read_program<Elf32_Phdr>(file, offset);
        if (program.type == PT_LOAD && program.memory_size != 0) {
            all.push_back(program);
        }
    }
    if (all.empty()) {
        return fail("image.not-executable", "it has no loadable segment", "link it as a program with PT_LOAD segments");
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.address < b.address; });
    return all;
}

std::optional<Err<ImageError>> check_segment(const Bytes& file, const Program& segment, std::uint64_t free_from) {
    const Range<GuestPhysAddr> range{GuestPhysAddr(segment.address), segment.memory_size};
    if (!fits(file, segment.offset, segment.file_size) || segment.file_size > segment.memory_size) {
        return fail("image.truncated", "its segment at " + hex(segment.address) + " lies beyond its end",
                    "copy the file again");
    }
    if (range.overflows() || segment.address < free_from) {
        return fail("image.segments-overlap", "its segment at " + hex(segment.address) + " overlaps another one",
                    "correct the linker script: load addresses (LMA) of segments must be apart");
    }
    return std::nullopt;
}

// The guest starts with its MMU off, so the load address counts.
std::uint64_t physical_address(std::uint64_t address, const std::vector<Program>& segments) {
    for (const auto& segment : segments) {
        if (address >= segment.virtual_address && address - segment.virtual_address < segment.memory_size) {
            return address - segment.virtual_address + segment.address;
        }
    }
    return address;
}

// Sections are optional in a program: damaged ones are as good as none.
std::vector<Section> sections(const Bytes& file, const Header& header, bool is_64bit) {
    const std::uint64_t size = is_64bit ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    std::vector<Section> all;
    if (!fits(file, header.section_offset, header.section_count * size)) {
        return all;
    }
    for (unsigned i = 0; i < header.section_count; ++i) {
        const std::uint64_t offset = header.section_offset + i * size;
        all.push_back(is_64bit ? read_section<Elf64_Shdr>(file, offset) : read_section<Elf32_Shdr>(file, offset));
    }
    return all;
}

bool has_name(const Bytes& file, const Section& names, const Section& section, std::string_view wanted) {
    // The terminating NUL is part of what is compared.
    const std::uint64_t size = wanted.size() + 1;
    return section.name <= names.size && size <= names.size - section.name && names.offset <= file.size() &&
           fits(file, names.offset + section.name, size) &&
           std::memcmp(file.data() + names.offset + section.name, std::string(wanted).c_str(), size) == 0;
}

// OpenAMP's, which remoteproc finds by this name, too.
std::optional<Range<GuestPhysAddr>> find_resource_table(const Bytes& file, const Header& header, bool is_64bit,
                                                        const std::vector<Program>& segments) {
    const auto all = sections(file, header, is_64bit);
    if (header.section_names >= all.size()) {
        return std::nullopt;
    }
    for (const auto& section : all) {
        if (section.is_loaded && has_name(file, all[header.section_names], section, AMP_RSC_SECTION)) {
            return Range<GuestPhysAddr>{GuestPhysAddr(physical_address(section.virtual_address, segments)), section.size};
        }
    }
    return std::nullopt;
}

} // namespace

bool is_elf(const Bytes& file) {
    return file.size() >= SELFMAG && std::memcmp(file.data(), ELFMAG, SELFMAG) == 0;
}

Result<Image, ImageError> parse_elf(const Bytes& file) {
    const bool is_64bit = file.size() > EI_CLASS && file[EI_CLASS] == ELFCLASS64;
    if (file.size() < (is_64bit ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr))) {
        return fail("image.truncated", "it ends within its ELF header", "copy the file again");
    }
    if (file[EI_DATA] != ELFDATA2LSB || (!is_64bit && file[EI_CLASS] != ELFCLASS32)) {
        return fail("image.machine", "it is no little-endian ELF file of 32 or 64 bits", build_hint);
    }
    const Header header =
        is_64bit ? read_header<Elf64_Ehdr, Elf64_Phdr>(file) : read_header<Elf32_Ehdr, Elf32_Phdr>(file);
    if (auto error = check_header(header, is_64bit)) {
        return std::move(*error);
    }
    const auto segments = loadable(file, header, is_64bit);
    if (!segments) {
        return Err{segments.error()};
    }
    Image image;
    image.format = ImageFormat::elf;
    image.aarch32 = !is_64bit;
    image.position_independent = header.type == ET_DYN;
    image.entry = GuestPhysAddr(physical_address(header.entry, *segments));
    image.resource_table = find_resource_table(file, header, is_64bit, *segments);
    std::uint64_t free_from = 0;
    for (const auto& segment : *segments) {
        if (auto error = check_segment(file, segment, free_from)) {
            return std::move(*error);
        }
        free_from = segment.address + segment.memory_size;
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(segment.offset);
        image.segments.push_back({GuestPhysAddr(segment.address), segment.memory_size,
                                  Bytes(begin, begin + static_cast<std::ptrdiff_t>(segment.file_size)), "image"});
    }
    return image;
}

} // namespace amp
