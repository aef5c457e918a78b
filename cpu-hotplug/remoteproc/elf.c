// SPDX-License-Identifier: GPL-2.0-only
/* The readers of elf.h: everything is copied out, in the 64-bit layout. Called under rproc->lock; knows no partition. */
#include <linux/string.h>
#include "elf.h"

bool amp_elf_has(const struct amp_elf *file, u64 offset, u64 size)
{
	return offset <= file->fw->size && size <= file->fw->size - offset;
}

static bool fetch(const struct amp_elf *file, u64 offset, void *to, size_t size)
{
	if (!amp_elf_has(file, offset, size))
		return false;
	memcpy(to, file->fw->data + offset, size);
	return true;
}

/* The n-th element of a table; a table that would reach around the end of numbers has none. */
static bool fetch_nth(const struct amp_elf *file, u64 table, u32 n, void *to, size_t size)
{
	return table <= file->fw->size && fetch(file, table + (u64)n * size, to, size);
}

static bool read_header(struct amp_elf *file)
{
	struct elf64_hdr *h = &file->header;
	struct elf32_hdr small;

	if (file->is_64bit)
		return fetch(file, 0, h, sizeof(*h)) && h->e_phentsize == sizeof(struct elf64_phdr);
	if (!fetch(file, 0, &small, sizeof(small)))
		return false;
	*h = (struct elf64_hdr){
		.e_type = small.e_type, .e_machine = small.e_machine, .e_entry = small.e_entry, .e_phoff = small.e_phoff,
		.e_shoff = small.e_shoff, .e_phnum = small.e_phnum, .e_shentsize = small.e_shentsize, .e_shnum = small.e_shnum,
		.e_shstrndx = small.e_shstrndx,
	};
	return small.e_phentsize == sizeof(struct elf32_phdr);
}

int amp_elf_open(struct amp_elf *file, const struct firmware *fw)
{
	u8 ident[EI_NIDENT];

	*file = (struct amp_elf){ .fw = fw };
	if (!fetch(file, 0, ident, sizeof(ident)) || memcmp(ident, ELFMAG, SELFMAG) || ident[EI_DATA] != ELFDATA2LSB)
		return -EINVAL;
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return -EINVAL;
	file->is_64bit = ident[EI_CLASS] == ELFCLASS64;
	return read_header(file) ? 0 : -EINVAL;
}

bool amp_elf_program(const struct amp_elf *file, u32 index, struct elf64_phdr *program)
{
	struct elf32_phdr small;

	if (file->is_64bit)
		return fetch_nth(file, file->header.e_phoff, index, program, sizeof(*program));
	if (!fetch_nth(file, file->header.e_phoff, index, &small, sizeof(small)))
		return false;
	*program = (struct elf64_phdr){
		.p_type = small.p_type, .p_offset = small.p_offset, .p_vaddr = small.p_vaddr, .p_paddr = small.p_paddr,
		.p_filesz = small.p_filesz, .p_memsz = small.p_memsz,
	};
	return true;
}

bool amp_elf_section(const struct amp_elf *file, u32 index, struct elf64_shdr *section)
{
	struct elf32_shdr small;

	if (file->header.e_shentsize != (file->is_64bit ? sizeof(*section) : sizeof(small)))
		return false;
	if (file->is_64bit)
		return fetch_nth(file, file->header.e_shoff, index, section, sizeof(*section));
	if (!fetch_nth(file, file->header.e_shoff, index, &small, sizeof(small)))
		return false;
	*section = (struct elf64_shdr){
		.sh_name = small.sh_name, .sh_type = small.sh_type, .sh_flags = small.sh_flags, .sh_addr = small.sh_addr,
		.sh_offset = small.sh_offset, .sh_size = small.sh_size,
	};
	return true;
}

bool amp_elf_section_is(const struct amp_elf *file, const struct elf64_shdr *section, const char *name)
{
	struct elf64_shdr names;
	size_t size = strlen(name) + 1;

	if (!amp_elf_section(file, file->header.e_shstrndx, &names) || !amp_elf_has(file, names.sh_offset, names.sh_size))
		return false;
	return section->sh_name <= names.sh_size && size <= names.sh_size - section->sh_name &&
	       !memcmp(file->fw->data + names.sh_offset + section->sh_name, name, size);
}
