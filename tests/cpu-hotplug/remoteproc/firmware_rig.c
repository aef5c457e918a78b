/* SPDX-License-Identifier: GPL-2.0-only */
/* The made-up half of firmware_rig.h: allocations, log, and what amp.ko offers to a front. */
#include "firmware_rig.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remoteproc/firmware.h"
#include "remoteproc/remote.h"

static struct rig *current_rig;

void *rig_allocate(size_t size)
{
	return ++current_rig->allocations == current_rig->fail_allocation ? NULL : malloc(size);
}

void rig_log(const struct device *device, const char *format, ...)
{
	va_list list;

	(void)device;
	va_start(list, format);
	vsnprintf(current_rig->message, sizeof(current_rig->message), format, list);
	va_end(list);
}

int amp_remote_explain(struct rproc *rproc, const char *what, int err, const struct amp_report *report)
{
	(void)report;
	if (err)
		rig_log(&rproc->dev, "can't %s: error %d\n", what, err);
	return err;
}

static const struct amp_partition *descriptor(const struct partition *p)
{
	(void)p;
	return current_rig->descriptor;
}

static int image_read(struct partition *p, u64 gpa, u64 size, void *to)
{
	const struct rig *r = current_rig;

	(void)p;
	if (gpa < r->image_gpa || size > r->image_size || gpa - r->image_gpa > r->image_size - size)
		return -ENOENT;
	if (size)
		memcpy(to, r->image + (gpa - r->image_gpa), size);
	return 0;
}

static void take_piece(struct rig *r, const struct amp_piece *piece, uint64_t *total)
{
	struct rig_piece *to = &r->piece[r->piece_count++];

	*to = (struct rig_piece){ piece->gpa, piece->size, piece->room, *total };
	if (!piece->size)
		return;
	*total += piece->size;
	r->loaded = realloc(r->loaded, *total);
	memcpy(r->loaded + to->first_byte, piece->data, piece->size);
}

static int replace(struct partition *p, const struct amp_piece *piece, u32 count, struct amp_report *report)
{
	struct rig *r = current_rig;
	uint64_t total = 0;
	u32 i;

	(void)p;
	(void)report;
	r->replaced++;
	if (count > RIG_PIECES)
		abort();
	for (i = 0; i < count; i++)
		take_piece(r, &piece[i], &total);
	return r->replace_error;
}

const struct amp_front amp_front = {
	.descriptor = descriptor,
	.read = image_read,
	.replace = replace,
};

static int with_file(struct rig *rig, const void *file, size_t size,
		     int (*act)(struct rproc *rproc, const struct firmware *fw))
{
	struct remote remote = { .crash_told = 0 };
	struct rproc rproc = { .firmware = "a.elf", .priv = &remote };
	u8 *copy = malloc(size);
	const struct firmware fw = { size, copy };
	int err;

	if (size)
		memcpy(copy, file, size);
	rig_free(rig);
	rig->message[0] = 0;
	rig->allocations = rig->replaced = 0;
	current_rig = rig;
	err = act(&rproc, &fw);
	current_rig = NULL;
	free(copy);
	return err;
}

int rig_check(struct rig *rig, const void *file, size_t size)
{
	return with_file(rig, file, size, amp_firmware_check);
}

int rig_load(struct rig *rig, const void *file, size_t size)
{
	return with_file(rig, file, size, amp_firmware_load);
}

void rig_free(struct rig *rig)
{
	free(rig->loaded);
	rig->loaded = NULL;
	rig->piece_count = 0;
}
