// SPDX-License-Identifier: GPL-2.0-only
// A good firmware file of either class with an rpmsg resource table, to be spoilt by tests and fuzzing. Knows the file's
// layout by itself, not from the code that is tested.
#ifndef AMP_TESTS_FIRMWARE_ELF_BUILDER_HPP
#define AMP_TESTS_FIRMWARE_ELF_BUILDER_HPP

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "amp/abi/rpmsg.h"

namespace amp::test {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t text_gpa = 0x40000000;
constexpr std::uint64_t text_virtual = 0x80000000; // linked there, loaded at text_gpa
constexpr std::uint64_t data_gpa = 0x40010000;
constexpr std::uint32_t ring_gpa = 0x40100000;
constexpr std::uint32_t carveout_gpa = 0x40200000;

/// What lies at data_gpa.
struct Table {
    amp_rsc_table head{AMP_RSC_VERSION, 2, {0, 0}};
    std::uint32_t offset[2] = {24, 24 + sizeof(amp_rsc_vdev) + 2 * sizeof(amp_rsc_vring)};
    amp_rsc_vdev vdev{AMP_RSC_VDEV, AMP_VIRTIO_ID_RPMSG, 0, AMP_RPMSG_FEATURE_NS, 0, 0, 0, 2, {0, 0}};
    amp_rsc_vring ring[2] = {{ring_gpa, 4096, 16, 0, 0}, {ring_gpa + 0x2000, 4096, 16, 1, 0}};
    amp_rsc_carveout carveout{AMP_RSC_CARVEOUT, carveout_gpa, 0, 0x1000, 0, 0, {}};

    Bytes bytes() const {
        Bytes all(sizeof(Table));
        std::memcpy(all.data(), this, sizeof(Table));
        return all;
    }
    /// As a linker leaves it, without the addresses that dom0 chooses.
    Table open() const {
        Table t = *this;
        t.ring[0].da = t.ring[1].da = t.carveout.da = AMP_RSC_ANY;
        return t;
    }
};
static_assert(offsetof(Table, vdev) == 24 && offsetof(Table, carveout) == 92 && sizeof(Table) == 148);

struct Wide {
    using Header = Elf64_Ehdr;
    using Program = Elf64_Phdr;
    using Section = Elf64_Shdr;
    static constexpr std::uint8_t elf_class = ELFCLASS64;
    static constexpr std::uint16_t machine = EM_AARCH64;
};

struct Narrow {
    using Header = Elf32_Ehdr;
    using Program = Elf32_Phdr;
    using Section = Elf32_Shdr;
    static constexpr std::uint8_t elf_class = ELFCLASS32;
    static constexpr std::uint16_t machine = EM_ARM;
};

/// Headers first, then text, data (the table), names: in this order in the file.
template <typename Class>
struct Elf {
    typename Class::Header header{};
    typename Class::Program text{};
    typename Class::Program data{};
    typename Class::Section sections[3] = {}; // none, the table, names
    std::uint8_t code[16] = {1, 2, 3, 4};
    Table table;
    char names[32] = "\0.resource_table\0.shstrtab";

    Elf() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = Class::elf_class;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_type = ET_EXEC;
        header.e_machine = Class::machine;
        header.e_entry = text_virtual;
        header.e_phentsize = sizeof(text);
        header.e_phnum = 2;
        header.e_phoff = offsetof(Elf, text);
        header.e_shentsize = sizeof(sections[0]);
        header.e_shnum = 3;
        header.e_shoff = offsetof(Elf, sections);
        header.e_shstrndx = 2;
        place(text, offsetof(Elf, code), text_gpa, sizeof(code), sizeof(code));
        text.p_vaddr = text_virtual;
        place(data, offsetof(Elf, table), data_gpa, sizeof(table), 0x1000);
        name(1, SHT_PROGBITS, 1, offsetof(Elf, table), sizeof(table));
        sections[1].sh_flags = SHF_ALLOC;
        sections[1].sh_addr = data_gpa;
        name(2, SHT_STRTAB, 17, offsetof(Elf, names), sizeof(names));
    }

    Bytes bytes() const {
        Bytes all(sizeof(*this));
        std::memcpy(all.data(), this, sizeof(*this));
        return all;
    }

private:
    static void place(typename Class::Program& p, std::size_t offset, std::uint64_t gpa, std::size_t size,
                      std::size_t room) {
        p.p_type = PT_LOAD;
        p.p_offset = static_cast<decltype(p.p_offset)>(offset);
        p.p_vaddr = p.p_paddr = static_cast<decltype(p.p_paddr)>(gpa);
        p.p_filesz = static_cast<decltype(p.p_filesz)>(size);
        p.p_memsz = static_cast<decltype(p.p_memsz)>(room);
    }
    void name(int index, std::uint32_t type, std::uint32_t at, std::size_t offset, std::size_t size) {
        auto& s = sections[index];
        s.sh_name = at;
        s.sh_type = type;
        s.sh_offset = static_cast<decltype(s.sh_offset)>(offset);
        s.sh_size = static_cast<decltype(s.sh_size)>(size);
    }
};

using Elf64 = Elf<Wide>;
using Elf32 = Elf<Narrow>;

} // namespace amp::test

#endif
