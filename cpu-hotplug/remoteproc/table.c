// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a firmware's resource table right. amp-virtio knows the table, vrings and buffers that the partitioner laid out
 * when the partition was created; so the table of any other firmware must be the same, at the same address, but for
 * addresses left open (0xffffffff), which get the values of the image that is loaded so far, and the firmware must leave
 * the rings alone.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include "amp/abi/partition.h"
#include "amp/abi/rpmsg.h"
#include "compat.h"
#include "descriptor.h"
#include "remote.h"
#include "table.h"

#define REMEDY "destroy the partition and create it from a description with this image"
#define TABLE_SIZE_MAX 0x10000u
#define ENTRIES_MAX 64u

struct place {
	u64 gpa, size;
	struct amp_piece *piece; /* that has it */
};

static int refuse(struct rproc *rproc, const char *why, u64 where)
{
	dev_err(&rproc->dev, "firmware %s: %s (0x%llx); " REMEDY "\n", rproc->firmware, why, where);
	return -EINVAL;
}

static bool has_rpmsg(const struct amp_partition *d)
{
	u32 i;

	for (i = 0; i < d->virtio_count; i++)
		if (amp_descriptor_virtio(d)[i].device_id == AMP_VIRTIO_ID_RPMSG)
			return true;
	return false;
}

static bool find_table_section(const struct amp_elf *file, struct elf64_shdr *section)
{
	u32 i;

	for (i = 0; i < file->header.e_shnum && amp_elf_section(file, i, section); i++)
		if ((section->sh_flags & SHF_ALLOC) && section->sh_type != SHT_NOBITS &&
		    amp_elf_section_is(file, section, AMP_RSC_SECTION))
			return true;
	return false;
}

static bool find_table(struct amp_program *program, struct place *table)
{
	struct elf64_shdr section;
	u32 i;

	if (!find_table_section(&program->file, &section) || !section.sh_size || section.sh_size > TABLE_SIZE_MAX)
		return false;
	table->gpa = amp_program_physical(program, section.sh_addr);
	table->size = section.sh_size;
	for (i = 0; i < program->count; i++) {
		struct amp_piece *piece = &program->piece[i];

		table->piece = piece;
		if (table->gpa >= piece->gpa && table->size <= piece->size && table->gpa - piece->gpa <= piece->size - table->size)
			return true;
	}
	return false;
}

/* ---- the addresses ---- */

static const u8 *bytes_of(const struct place *table)
{
	return table->piece->data + (table->gpa - table->piece->gpa);
}

/* Whether `old` is what becomes of the firmware's table when open words get values. */
static int compare(struct rproc *rproc, const struct place *table, const u8 *old)
{
	const u8 *new = bytes_of(table);
	u64 i;

	for (i = 0; i + 4 <= table->size; i += 4) {
		u32 word = get_unaligned_le32(new + i);

		if (word != AMP_RSC_ANY && word != get_unaligned_le32(old + i))
			return refuse(rproc, "its resource table is another one than that of the image so far", table->gpa + i);
	}
	if (memcmp(new + i, old + i, table->size - i))
		return refuse(rproc, "its resource table is another one than that of the image so far", table->gpa + i);
	return 0;
}

/* ---- what must be left alone ---- */

/* None wraps: add_piece() saw to it, and `gpa` and `size` have 32 bits. */
static bool overlaps(const struct amp_program *program, u64 gpa, u64 size)
{
	u32 i;

	for (i = 0; i < program->count; i++)
		if (program->piece[i].gpa < gpa + size && gpa < program->piece[i].gpa + program->piece[i].room)
			return true;
	return false;
}

static bool take(const u8 *table, u64 size, u64 offset, void *to, size_t count)
{
	if (offset > size || count > size - offset)
		return false;
	memcpy(to, table + offset, count);
	return true;
}

/* A vring, and below the first of them as much as the buffers need: there the partitioner puts them. */
static int check_vrings(struct rproc *rproc, const struct amp_program *program, const u8 *table, u64 size, u64 offset)
{
	struct amp_rsc_vdev vdev;
	struct amp_rsc_vring ring;
	u64 lowest = AMP_RSC_ANY, buffers = 0;
	u32 i;

	if (!take(table, size, offset, &vdev, sizeof(vdev)))
		return refuse(rproc, "its resource table is cut off", offset);
	for (i = 0; i < vdev.vring_count; i++) {
		if (!take(table, size, offset + sizeof(vdev) + i * sizeof(ring), &ring, sizeof(ring)))
			return refuse(rproc, "its resource table is cut off", offset);
		if (ring.da == AMP_RSC_ANY || !is_power_of_2(ring.align) || ring.num > AMP_VRING_NUM_MAX)
			return refuse(rproc, "a vring is not settled", ring.da);
		if (overlaps(program, ring.da, amp_vring_size(ring.num, ring.align)))
			return refuse(rproc, "it lies over a vring", ring.da);
		lowest = min_t(u64, lowest, ring.da);
		buffers += ring.num * AMP_RPMSG_BUFFER_SIZE;
	}
	buffers = min(PAGE_ALIGN(buffers), lowest);
	if (overlaps(program, lowest - buffers, buffers))
		return refuse(rproc, "it lies over the message buffers", lowest - buffers);
	return 0;
}

static int check_carveout(struct rproc *rproc, const struct amp_program *program, const u8 *table, u64 size, u64 offset)
{
	struct amp_rsc_carveout area;

	if (!take(table, size, offset, &area, sizeof(area)))
		return refuse(rproc, "its resource table is cut off", offset);
	if (area.size && overlaps(program, area.da, area.size))
		return refuse(rproc, "it lies over a carve-out", area.da);
	return 0;
}

static int check_room(struct rproc *rproc, const struct amp_program *program, const u8 *table, u64 size)
{
	struct amp_rsc_table head;
	u32 i, offset, type;
	int err = 0;

	if (!take(table, size, 0, &head, sizeof(head)) || head.version != AMP_RSC_VERSION || head.count > ENTRIES_MAX)
		return refuse(rproc, "its resource table has no good head", head.count);
	for (i = 0; i < head.count && !err; i++) {
		if (!take(table, size, sizeof(head) + i * sizeof(offset), &offset, sizeof(offset)) ||
		    !take(table, size, offset, &type, sizeof(type)))
			return refuse(rproc, "its resource table is cut off", i);
		if (type == AMP_RSC_VDEV)
			err = check_vrings(rproc, program, table, size, offset);
		else if (type == AMP_RSC_CARVEOUT)
			err = check_carveout(rproc, program, table, size, offset);
	}
	return err;
}

/* ---- the whole ---- */

/* The piece with the table gets its bytes from a copy, where the table is the old one. */
static void *put_in(const struct place *table, const u8 *old)
{
	u8 *copy = kvmalloc(table->piece->size, GFP_KERNEL | __GFP_NOWARN);

	if (!copy)
		return NULL;
	memcpy(copy, table->piece->data, table->piece->size);
	memcpy(copy + (table->gpa - table->piece->gpa), old, table->size);
	table->piece->data = copy;
	return copy;
}

static int settle(struct rproc *rproc, struct amp_program *program, const struct place *table, u8 *old, void **settled)
{
	struct remote *r = rproc->priv;
	int err = amp_front.read(r->p, table->gpa, table->size, old);

	if (err == -ENOENT)
		return refuse(rproc, "the image so far has no resource table where this one has it", table->gpa);
	if (!err)
		err = compare(rproc, table, old);
	if (!err)
		err = check_room(rproc, program, old, table->size);
	if (err)
		return err;
	*settled = put_in(table, old);
	return *settled ? 0 : -ENOMEM;
}

int amp_table_settle(struct rproc *rproc, struct amp_program *program, void **settled)
{
	const struct remote *r = rproc->priv;
	struct place table;
	u8 *old;
	int err;

	if (!has_rpmsg(amp_front.descriptor(r->p)))
		return 0;
	if (!find_table(program, &table))
		return refuse(rproc, "it has no loaded section " AMP_RSC_SECTION ", which the partition's rpmsg device needs",
			      amp_program_physical(program, program->file.header.e_entry));
	old = kvmalloc(table.size, GFP_KERNEL);
	if (!old)
		return -ENOMEM;
	err = settle(rproc, program, &table, old, settled);
	kvfree(old);
	return err;
}
