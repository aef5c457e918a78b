// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptor's virtio devices: each is checked by itself and against those before it. Called by descriptor.c, which has
 * checked the array's place and the window.
 */
#include "descriptor_check.h"

static bool name_taken(const struct amp_virtio *v, uint32_t i)
{
	uint32_t j;

	for (j = 0; j < i; j++)
		if (!strcmp(v[j].name, v[i].name))
			return true;
	return false;
}

static int check_device(struct checker *c, uint32_t i)
{
	const struct amp_virtio *v = amp_descriptor_virtio(c->d);
	const uint32_t pad = c->d->virtio_offset + i * (uint32_t)sizeof(*v) + (uint32_t)offsetof(struct amp_virtio, pad);

	if (v[i].pad)
		return bad(c, AMP_STATUS_BAD_RESERVED, pad, v[i].pad);
	if (!amp_name_valid(v[i].name) || name_taken(v, i) || !v[i].device_id)
		return bad(c, AMP_STATUS_BAD_VIRTIO, i, v[i].device_id);
	if (!v[i].queue_count || v[i].queue_count > AMP_VIRTIO_QUEUES_MAX)
		return bad(c, AMP_STATUS_BAD_VIRTIO, i, v[i].queue_count);
	if (!amp_check_take_intid(c, v[i].intid))
		return bad(c, AMP_STATUS_BAD_VIRTIO, i, v[i].intid);
	return 0;
}

int amp_check_virtio(struct checker *c)
{
	uint32_t i;
	int err = 0;

	if (c->d->virtio_count && !c->d->virtio_gpa)
		return bad(c, AMP_STATUS_BAD_VIRTIO, 0, 0);
	for (i = 0; i < c->d->virtio_count && !err; i++)
		err = check_device(c, i);
	return err;
}
