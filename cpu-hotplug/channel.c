// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs channel ends: both descriptors name the channel and each other, whoever comes first makes the memory. Called by
 * creation and its undo; the doorbells' routes in the mailboxes change here and nowhere else.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include "amp/ring/channel.h"
#include "arch/arch.h"
#include "channel.h"
#include "life.h"
#include "pages.h"

static DEFINE_MUTEX(links_lock); /* the list and the ends of all links; innermost but for spinlocks */
static LIST_HEAD(links);

/* ---- memory ---- */

static struct amp_channel_link *make_link(const struct amp_channel *ch, struct amp_report *report, u32 index)
{
	struct amp_channel_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (link)
		link->memory = amp_pages_take(ch->size);
	if (!link || !link->memory) {
		kfree(link);
		amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, index, ch->size);
		return NULL;
	}
	kref_init(&link->ref);
	link->size = ch->size;
	amp_channel_init(link->memory, link->size);
	amp_arch_cache_flush(link->memory, link->size);
	return link;
}

static void release_link(struct kref *ref)
{
	struct amp_channel_link *link = container_of(ref, struct amp_channel_link, ref);

	memset(link->memory, 0, link->size);
	amp_pages_give(link->memory, link->size);
	kfree(link);
}

void amp_channel_link_get(struct amp_channel_link *link)
{
	kref_get(&link->ref);
}

void amp_channel_link_put(struct amp_channel_link *link)
{
	kref_put(&link->ref, release_link);
}

/* ---- pairing ---- */

static struct amp_channel_link *find_link(const char *name, const char *one, const char *other)
{
	struct amp_channel_link *link;

	list_for_each_entry(link, &links, node)
		if (!strcmp(link->name, name) && ((!strcmp(link->owner[0], one) && !strcmp(link->owner[1], other)) ||
						  (!strcmp(link->owner[0], other) && !strcmp(link->owner[1], one))))
			return link;
	return NULL;
}

/* A link that already has somebody at this side, or whose other side does not fit, is not ours to join. */
static int check_link(const struct amp_channel_link *link, const struct partition *p, const struct amp_channel *ch,
		      u32 index, struct amp_report *report)
{
	const struct amp_channel_side_of *peer = &link->end[!ch->side];
	bool order = !peer->p || (p->id < peer->p->id) == (ch->side == 0);

	if (link->size == ch->size && !strcmp(link->owner[ch->side], p->name) && !link->end[ch->side].p && order)
		return 0;
	return amp_fail(report, -EINVAL, AMP_STATUS_CHANNEL_MISMATCH, index, link->size);
}

/* A peer that exists and does not know the channel never will. */
static int check_lonely(const struct amp_channel *ch, u32 index, struct amp_report *report)
{
	struct partition *peer = ch->peer_kind == AMP_PEER_PARTITION ? amp_partition_find(ch->peer) : NULL;

	if (!peer)
		return 0;
	amp_partition_put(peer);
	return amp_fail(report, -EINVAL, AMP_STATUS_CHANNEL_MISMATCH, index, 0);
}

static void set_route(const struct amp_channel_side_of *from, u32 route)
{
	if (from->p)
		WRITE_ONCE(from->p->pages.mailbox->route[from->index], route);
}

static void connect(struct amp_channel_link *link)
{
	const struct amp_channel_side_of *a = &link->end[0], *b = &link->end[1];

	if (!strcmp(link->owner[1], "dom0")) {
		set_route(a, AMP_ROUTE_DOM0);
	} else if (a->p && b->p) {
		set_route(a, AMP_ROUTE_PEER(b->p->slot, b->index));
		set_route(b, AMP_ROUTE_PEER(a->p->slot, a->index));
	}
}

static void add_link(struct amp_channel_link *link, const struct partition *p, const struct amp_channel *ch)
{
	strscpy(link->name, ch->name, AMP_NAME_SIZE);
	strscpy(link->owner[ch->side], p->name, AMP_NAME_SIZE);
	strscpy(link->owner[!ch->side], ch->peer, AMP_NAME_SIZE);
	list_add(&link->node, &links);
}

static int join(struct partition *p, u32 index, struct amp_report *report)
{
	const struct amp_channel *ch = amp_descriptor_channels(p->spec) + index;
	struct amp_channel_link *link = find_link(ch->name, p->name, ch->peer);
	int err;

	if (link) {
		err = check_link(link, p, ch, index, report);
		if (err)
			return err;
		amp_channel_link_get(link);
	} else {
		err = check_lonely(ch, index, report);
		if (err)
			return err;
		link = make_link(ch, report, index);
		if (!link)
			return -ENOMEM;
		add_link(link, p, ch);
	}
	link->end[ch->side] = (struct amp_channel_side_of){ .p = p, .index = index };
	p->links[index] = link;
	p->channel_bytes += link->size;
	connect(link);
	return 0;
}

static void leave(struct partition *p, u32 index)
{
	struct amp_channel_link *link = p->links[index];
	u32 side;

	if (!link)
		return;
	side = amp_descriptor_channels(p->spec)[index].side;
	set_route(&link->end[side], AMP_ROUTE_NONE);
	set_route(&link->end[!side], AMP_ROUTE_NONE);
	link->end[side].p = NULL;
	if (!link->end[!side].p)
		list_del(&link->node);
}

static void forget(struct partition *p)
{
	u32 i;

	for (i = 0; i < p->spec->channel_count; i++) {
		if (p->links[i]) {
			p->channel_bytes -= p->links[i]->size;
			amp_channel_link_put(p->links[i]);
		}
		p->links[i] = NULL;
	}
}

int amp_channels_join(struct partition *p, struct amp_report *report)
{
	u32 i;
	int err = 0;

	mutex_lock(&links_lock);
	for (i = 0; i < p->spec->channel_count && !err; i++)
		err = join(p, i, report);
	mutex_unlock(&links_lock);
	if (err)
		amp_channels_leave(p);
	return err;
}

/* The peers are asked after their routes are gone and before the slot they named may belong to somebody else. */
void amp_channels_leave(struct partition *p)
{
	struct partition *peers[AMP_CHANNELS_MAX];
	u32 i;

	for (i = 0; i < p->spec->channel_count; i++)
		peers[i] = amp_channel_peer(p, i);
	mutex_lock(&links_lock);
	for (i = 0; i < p->spec->channel_count; i++)
		leave(p, i);
	mutex_unlock(&links_lock);
	amp_life_sync(peers, p->spec->channel_count);
	for (i = 0; i < p->spec->channel_count; i++)
		amp_partition_put(peers[i]);
	mutex_lock(&links_lock);
	forget(p);
	mutex_unlock(&links_lock);
}

struct partition *amp_channel_peer(struct partition *p, u32 n)
{
	struct partition *peer = NULL;

	mutex_lock(&links_lock);
	if (p->links[n])
		peer = p->links[n]->end[!amp_descriptor_channels(p->spec)[n].side].p;
	if (peer)
		amp_partition_get(peer);
	mutex_unlock(&links_lock);
	return peer;
}
