// SPDX-License-Identifier: GPL-2.0-only
/*
 * All partitions there are: names, ids and doorbell slots, each given once, and finding them. Called by creation and its undo, by
 * ioctls and by the notifiers; list_lock's place among the locks stands in partition.c.
 */
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include "front.h"
#include "life.h"
#include "partition.h"
#include "partition_list.h"

static DEFINE_MUTEX(list_lock); /* names, ids, slots, published */
static LIST_HEAD(partitions);
static DECLARE_BITMAP(slots_used, AMP_PARTITIONS_MAX);
static struct amp_doorbell_slot *slots; /* one page that every monitor maps */

int amp_partitions_init(void)
{
	slots = (struct amp_doorbell_slot *)get_zeroed_page(GFP_KERNEL);
	return slots ? 0 : -ENOMEM;
}

void amp_partitions_exit(void)
{
	free_page((unsigned long)slots);
}

phys_addr_t amp_partition_slots_pa(void)
{
	return virt_to_phys(slots);
}

static struct partition *find_by_name(const char *name)
{
	struct partition *p;

	list_for_each_entry(p, &partitions, node)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

static int check_unique(const struct partition *new, struct amp_report *report)
{
	struct partition *p;

	if (find_by_name(new->name))
		return amp_fail(report, -EEXIST, AMP_STATUS_NAME_IN_USE, 0, 0);
	list_for_each_entry(p, &partitions, node)
		if (p->id == new->id)
			return amp_fail(report, -EEXIST, AMP_STATUS_ID_IN_USE, 0, new->id);
	return 0;
}

int amp_partitions_add(struct partition *p, struct amp_report *report)
{
	int err;

	mutex_lock(&list_lock);
	err = check_unique(p, report);
	if (!err) {
		p->slot = find_first_zero_bit(slots_used, AMP_PARTITIONS_MAX);
		if (p->slot == AMP_PARTITIONS_MAX)
			err = amp_fail(report, -ENOSPC, AMP_STATUS_TOO_MANY, 0, AMP_PARTITIONS_MAX);
	}
	if (!err) {
		set_bit(p->slot, slots_used);
		p->bell = &slots[p->slot];
		list_add_tail(&p->node, &partitions);
	}
	mutex_unlock(&list_lock);
	return err;
}

void amp_partitions_remove(struct partition *p)
{
	mutex_lock(&list_lock);
	list_del(&p->node);
	clear_bit(p->slot, slots_used);
	mutex_unlock(&list_lock);
}

void amp_partitions_publish(struct partition *p, bool published)
{
	mutex_lock(&list_lock);
	p->published = published;
	mutex_unlock(&list_lock);
	amp_front_tell();
}

struct partition *amp_partition_find(const char *name)
{
	struct partition *p;

	mutex_lock(&list_lock);
	p = find_by_name(name);
	if (p && !p->published)
		p = NULL;
	if (p)
		amp_partition_get(p);
	mutex_unlock(&list_lock);
	return p;
}

struct partition *amp_partition_nth(u32 n)
{
	struct partition *p, *found = NULL;

	mutex_lock(&list_lock);
	list_for_each_entry(p, &partitions, node) {
		if (p->published && !n--) {
			found = p;
			amp_partition_get(p);
			break;
		}
	}
	mutex_unlock(&list_lock);
	return found;
}

u32 amp_partition_list(struct amp_list_entry *entries, u32 capacity)
{
	struct partition *p;
	u32 count = 0;

	mutex_lock(&list_lock);
	list_for_each_entry(p, &partitions, node) {
		if (!p->published)
			continue;
		if (count < capacity) {
			strscpy(entries[count].name, p->name, AMP_NAME_SIZE);
			entries[count].id = p->id;
			entries[count].state = READ_ONCE(p->state);
		}
		count++;
	}
	mutex_unlock(&list_lock);
	return count;
}

void amp_partitions_stop(void)
{
	struct amp_report report;
	struct partition *p;
	u32 n;

	for (n = 0; (p = amp_partition_nth(n)); n++) {
		mutex_lock(&p->lock);
		if (!p->gone && amp_life_is_up(p))
			amp_life_stop(p, &report);
		mutex_unlock(&p->lock);
		amp_partition_put(p);
	}
}

bool amp_partitions_up(void)
{
	struct partition *p;
	bool up = false;

	mutex_lock(&list_lock);
	list_for_each_entry(p, &partitions, node)
		up |= amp_life_is_up(p);
	mutex_unlock(&list_lock);
	return up;
}
