// SPDX-License-Identifier: GPL-2.0-only
#include "support/elf_builder.hpp"

#include <cstring>
#include <elf.h>

namespace amp::test {

Bytes make_elf(const ElfOptions& options) {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = options.elf_class;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = static_cast<Elf64_Half>(options.type);
    header.e_machine = static_cast<Elf64_Half>(options.machine);
    header.e_version = EV_CURRENT;
    header.e_entry = options.entry;
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = static_cast<Elf64_Half>(options.segments.size());
    Bytes file(sizeof header + options.segments.size() * sizeof(Elf64_Phdr));
    std::memcpy(file.data(), &header, sizeof header);
    for (std::size_t i = 0; i < options.segments.size(); ++i) {
        const auto& segment = options.segments[i];
        Elf64_Phdr program{};
        program.p_type = PT_LOAD;
        program.p_offset = file.size();
        program.p_paddr = segment.address;
        program.p_vaddr = segment.virtual_address != 0 ? segment.virtual_address : segment.address;
        program.p_filesz = segment.file_size;
        program.p_memsz = segment.memory_size;
        std::memcpy(file.data() + sizeof header + i * sizeof program, &program, sizeof program);
        file.resize(file.size() + segment.file_size, static_cast<std::uint8_t>(0xa0 + i));
    }
    return file;
}

Bytes make_linux_image(std::uint64_t file_size, std::uint64_t image_size, std::uint64_t text_offset) {
    Bytes file(file_size);
    std::memcpy(file.data() + 8, &text_offset, 8);
    std::memcpy(file.data() + 16, &image_size, 8);
    std::memcpy(file.data() + 56, "ARM\x64", 4);
    return file;
}

} // namespace amp::test
