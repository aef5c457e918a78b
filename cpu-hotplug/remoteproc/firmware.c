// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges a firmware file and hands its segments to the partition. Not remoteproc's own ELF loader, which trusts what its
 * check did not look at (program headers beyond the file's end) and would keep the zeroes of a .bss; nothing is changed
 * before all of the file is found good.
 */
#include <linux/slab.h>
#include "amp/abi/partition.h"
#include "firmware.h"
#include "remote.h"
#include "table.h"

static int refuse(struct rproc *rproc, const char *why)
{
	dev_err(&rproc->dev, "firmware %s: %s\n", rproc->firmware, why);
	return -EINVAL;
}

static int check_header(struct rproc *rproc, const struct amp_elf *file, const struct amp_partition *d)
{
	bool is_32bit = d->flags & AMP_PARTITION_AARCH32;

	if (file->is_64bit == is_32bit || file->header.e_machine != (is_32bit ? EM_ARM : EM_AARCH64))
		return refuse(rproc, is_32bit ? "not for 32-bit Arm, as the partition's description says" :
						"not for arm64, as the partition's description says");
	if (file->header.e_type != ET_EXEC && file->header.e_type != ET_DYN)
		return refuse(rproc, "no linked program");
	return 0;
}

static int add_piece(struct rproc *rproc, struct amp_program *program, const struct elf64_phdr *h)
{
	if (program->count == AMP_PIECES_MAX)
		return refuse(rproc, "more segments than the 64 that are possible");
	if (h->p_filesz > h->p_memsz || !amp_elf_has(&program->file, h->p_offset, h->p_filesz))
		return refuse(rproc, "a segment lies beyond its end; copy the file again");
	if (h->p_paddr > U64_MAX - h->p_memsz)
		return refuse(rproc, "a segment reaches around the end of addresses");
	program->virtual[program->count] = h->p_vaddr;
	program->piece[program->count++] = (struct amp_piece){
		.gpa = h->p_paddr, .data = program->file.fw->data + h->p_offset, .size = h->p_filesz, .room = h->p_memsz,
	};
	return 0;
}

static int read_pieces(struct rproc *rproc, struct amp_program *program)
{
	struct elf64_phdr h;
	int err = 0;
	u32 i;

	for (i = 0; i < program->file.header.e_phnum && !err; i++) {
		if (!amp_elf_program(&program->file, i, &h))
			return refuse(rproc, "its program headers lie beyond its end; copy the file again");
		if (h.p_type == PT_LOAD && h.p_memsz)
			err = add_piece(rproc, program, &h);
	}
	if (!err && !program->count)
		err = refuse(rproc, "it has no segment to load");
	return err;
}

u64 amp_program_physical(const struct amp_program *program, u64 address)
{
	u32 i;

	for (i = 0; i < program->count; i++)
		if (address >= program->virtual[i] && address - program->virtual[i] < program->piece[i].room)
			return address - program->virtual[i] + program->piece[i].gpa;
	return address;
}

static int check_entry(struct rproc *rproc, const struct amp_program *program, const struct amp_partition *d)
{
	u64 entry = amp_program_physical(program, program->file.header.e_entry);

	if (entry == d->entry)
		return 0;
	dev_err(&rproc->dev,
		"firmware %s starts at 0x%llx, yet the partition was created to start at 0x%llx: link it for that, or create the partition from a description with this image\n",
		rproc->firmware, entry, d->entry);
	return -EINVAL;
}

static int read_program(struct rproc *rproc, const struct firmware *fw, struct amp_program *program)
{
	const struct remote *r = rproc->priv;
	const struct amp_partition *d = amp_front.descriptor(r->p);

	program->count = 0;
	if (amp_elf_open(&program->file, fw))
		return refuse(rproc, "no little-endian ELF file of 32 or 64 bits");
	return check_header(rproc, &program->file, d) ?: read_pieces(rproc, program) ?: check_entry(rproc, program, d);
}

static int with_program(struct rproc *rproc, const struct firmware *fw, int (*act)(struct rproc *, struct amp_program *))
{
	struct amp_program *program = kmalloc(sizeof(*program), GFP_KERNEL);
	int err;

	if (!program)
		return -ENOMEM;
	err = read_program(rproc, fw, program);
	if (!err && act)
		err = act(rproc, program);
	kfree(program);
	return err;
}

int amp_firmware_check(struct rproc *rproc, const struct firmware *fw)
{
	return fw ? with_program(rproc, fw, NULL) : -EINVAL;
}

/* Overlaps, and what lies outside the memory, are found by the partition. */
static int load(struct rproc *rproc, struct amp_program *program)
{
	struct remote *r = rproc->priv;
	struct amp_report report = {};
	void *settled = NULL;
	int err = amp_table_settle(rproc, program, &settled);

	if (err)
		return err;
	err = amp_front.replace(r->p, program->piece, program->count, &report);
	kvfree(settled);
	return amp_remote_explain(rproc, "load the firmware", err, &report);
}

int amp_firmware_load(struct rproc *rproc, const struct firmware *fw)
{
	return with_program(rproc, fw, load);
}
