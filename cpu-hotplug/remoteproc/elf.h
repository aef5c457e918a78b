/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads ELF files of both classes, hostile ones too: nothing is believed before it was found inside the file. */
#ifndef AMP_REMOTEPROC_ELF_H
#define AMP_REMOTEPROC_ELF_H

#include <linux/elf.h>
#include <linux/firmware.h>

struct amp_elf {
	const struct firmware *fw;
	bool is_64bit;
	struct elf64_hdr header; /* of a 32-bit file, too */
};

/* -EINVAL: no little-endian ELF file, or one that ends within its header. */
int amp_elf_open(struct amp_elf *file, const struct firmware *fw);
/* False: it lies outside the file, wholly or in part, or is of another size than a section is. */
bool amp_elf_program(const struct amp_elf *file, u32 index, struct elf64_phdr *program);
bool amp_elf_section(const struct amp_elf *file, u32 index, struct elf64_shdr *section);
bool amp_elf_section_is(const struct amp_elf *file, const struct elf64_shdr *section, const char *name);
bool amp_elf_has(const struct amp_elf *file, u64 offset, u64 size);

#endif
