// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptor's channels: memory, peer and interrupt of each. Called by descriptor.c, which has checked the array's place
 * and the regions.
 */
#include "descriptor_check.h"
#include "amp/abi/ring.h"

/* Exactly one region is the channel's memory, and as large as the channel. */
static bool has_own_region(const struct amp_partition *d, uint32_t channel, uint64_t size)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	uint32_t i, found = 0;

	for (i = 0; i < d->region_count; i++)
		if (r[i].kind == AMP_REGION_CHANNEL && r[i].channel == channel)
			found += r[i].size == size ? 1 : 2;
	return found == 1;
}

static bool peer_good(const struct amp_partition *d, const struct amp_channel *ch)
{
	bool dom0 = !strcmp(ch->peer, "dom0");

	/* dom0's end is the device amp-<partition>-<channel>, and the console has that name already */
	if (ch->peer_kind == AMP_PEER_DOM0)
		return dom0 && ch->side == 0 && strcmp(ch->name, "console");
	return ch->peer_kind == AMP_PEER_PARTITION && !dom0 && strcmp(ch->peer, d->name) && ch->side <= 1;
}

static int check_channel(struct checker *c, uint32_t i)
{
	const struct amp_channel *ch = amp_descriptor_channels(c->d);
	uint32_t j;

	if (ch[i].pad)
		return bad(c, AMP_STATUS_BAD_RESERVED, (uint32_t)(c->d->channel_offset + i * sizeof(*ch) + 84), ch[i].pad);
	if (!amp_name_valid(ch[i].name) || !amp_name_valid(ch[i].peer) || !peer_good(c->d, &ch[i]) ||
	    ch[i].size < AMP_CHANNEL_SIZE_MIN || ch[i].size > AMP_CHANNEL_SIZE_MAX || (ch[i].size & PAGE_MASK_BITS) ||
	    !has_own_region(c->d, i, ch[i].size) || !amp_check_take_intid(c, ch[i].intid))
		return bad(c, AMP_STATUS_BAD_CHANNEL, i, ch[i].size);
	for (j = 0; j < i; j++)
		if (!strcmp(ch[j].name, ch[i].name) && !strcmp(ch[j].peer, ch[i].peer))
			return bad(c, AMP_STATUS_BAD_CHANNEL, i, ch[i].size);
	return 0;
}

int amp_check_channels(struct checker *c)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < c->d->channel_count && !err; i++)
		err = check_channel(c, i);
	return err;
}
