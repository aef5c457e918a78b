// SPDX-License-Identifier: GPL-2.0-only
#include "support/elf_builder.hpp"

#include <cstring>
#include <elf.h>
#include <zlib.h>

namespace amp::test {

namespace {

// Section headers: none, the table's, that of the names.
template <typename Ehdr, typename Shdr>
void add_resource_table(Bytes& file, const ElfOptions& options, std::size_t at) {
    static constexpr char names[] = "\0.resource_table\0.shstrtab";
    std::memcpy(file.data() + at, options.resource_table.data(), options.resource_table.size());
    Shdr sections[3] = {};
    using Address = decltype(sections[0].sh_addr);
    using Size = decltype(sections[0].sh_size);
    sections[1].sh_name = 1;
    sections[1].sh_type = SHT_PROGBITS;
    sections[1].sh_flags = SHF_ALLOC | SHF_WRITE;
    const ElfSegment& first = options.segments.front();
    sections[1].sh_addr = static_cast<Address>(first.virtual_address != 0 ? first.virtual_address : first.address);
    sections[1].sh_offset = static_cast<Size>(at);
    sections[1].sh_size = static_cast<Size>(options.resource_table.size());
    sections[2].sh_name = 17;
    sections[2].sh_type = SHT_STRTAB;
    sections[2].sh_offset = static_cast<Size>(file.size());
    sections[2].sh_size = sizeof names;
    file.insert(file.end(), names, names + sizeof names);
    auto* header = reinterpret_cast<Ehdr*>(file.data());
    header->e_shoff = static_cast<decltype(header->e_shoff)>(file.size());
    header->e_shentsize = sizeof(Shdr);
    header->e_shnum = 3;
    header->e_shstrndx = 2;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(sections);
    file.insert(file.end(), bytes, bytes + sizeof sections);
}

template <typename Ehdr, typename Phdr, typename Shdr>
Bytes make(const ElfOptions& options) {
    Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = options.elf_class;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = static_cast<Elf64_Half>(options.type);
    header.e_machine = static_cast<Elf64_Half>(options.machine);
    header.e_version = EV_CURRENT;
    header.e_entry = static_cast<decltype(header.e_entry)>(options.entry);
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Phdr);
    header.e_phnum = static_cast<Elf64_Half>(options.segments.size());
    Bytes file(sizeof header + options.segments.size() * sizeof(Phdr));
    std::memcpy(file.data(), &header, sizeof header);
    for (std::size_t i = 0; i < options.segments.size(); ++i) {
        const auto& segment = options.segments[i];
        Phdr program{};
        using Address = decltype(program.p_paddr);
        program.p_type = PT_LOAD;
        program.p_offset = static_cast<Address>(file.size());
        program.p_paddr = static_cast<Address>(segment.address);
        program.p_vaddr =
            static_cast<Address>(segment.virtual_address != 0 ? segment.virtual_address : segment.address);
        program.p_filesz = static_cast<Address>(segment.file_size);
        program.p_memsz = static_cast<Address>(segment.memory_size);
        std::memcpy(file.data() + sizeof header + i * sizeof program, &program, sizeof program);
        file.resize(file.size() + segment.file_size, static_cast<std::uint8_t>(0xa0 + i));
    }
    if (!options.resource_table.empty()) {
        add_resource_table<Ehdr, Shdr>(file, options, sizeof header + options.segments.size() * sizeof(Phdr));
    }
    return file;
}

void put(Bytes& file, std::size_t at, std::initializer_list<std::uint32_t> words) {
    for (const std::uint32_t word : words) {
        std::memcpy(file.data() + at, &word, sizeof word);
        at += sizeof word;
    }
}

} // namespace

Bytes make_elf(const ElfOptions& options) {
    return options.elf_class == ELFCLASS32 ? make<Elf32_Ehdr, Elf32_Phdr, Elf32_Shdr>(options)
                                           : make<Elf64_Ehdr, Elf64_Phdr, Elf64_Shdr>(options);
}

Bytes make_zimage(std::uint32_t file_size, std::uint32_t unpacked_size, std::uint32_t bss_size) {
    Bytes file(file_size);
    put(file, 0x24, {0x016f2818, 0, file_size, 0x04030201, 0x45454545, 0x80});
    // a tag that nobody knows, then the kernel's size
    put(file, 0x80, {3, 0x12345678, 0, 4, 0x5a534c4b, file_size - 4, bss_size, 0});
    put(file, file_size - 4, {unpacked_size});
    return file;
}

Bytes make_linux_image(std::uint64_t file_size, std::uint64_t image_size, std::uint64_t text_offset) {
    Bytes file(file_size);
    std::memcpy(file.data() + 8, &text_offset, 8);
    std::memcpy(file.data() + 16, &image_size, 8);
    std::memcpy(file.data() + 56, "ARM\x64", 4);
    return file;
}

Bytes make_uimage(const Bytes& payload, const UImageOptions& options) {
    Bytes file(64);
    const auto put_big = [&](std::size_t at, std::uint32_t value) {
        for (unsigned i = 0; i < 4; ++i) {
            file[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
        }
    };
    put_big(0, 0x27051956);
    put_big(12, static_cast<std::uint32_t>(payload.size()));
    put_big(16, options.load);
    put_big(20, options.entry);
    put_big(24, static_cast<std::uint32_t>(crc32_z(0, payload.data(), payload.size())));
    file[29] = options.architecture;
    file[30] = options.type;
    file[31] = options.compression;
    put_big(4, static_cast<std::uint32_t>(crc32_z(0, file.data(), file.size())));
    file.insert(file.end(), payload.begin(), payload.end());
    return file;
}

Bytes make_gzip(const Bytes& plain) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    Bytes packed(plain.size() + 4096);
    Bytes in = plain;
    stream.next_in = in.data();
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

} // namespace amp::test
