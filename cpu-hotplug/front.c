// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only file that exports: what a front (front.h) may see and do. Called by another module; decides nothing, every
 * rule about states and memory is life.c's and segment.c's.
 */
#include <linux/module.h>
#include "front.h"
#include "life.h"
#include "partition.h"
#include "segment.h"

static DEFINE_SPINLOCK(front_lock); /* the last one that is taken */
static void (*front_news)(void);
static struct device *front_device;

void amp_front_set_device(struct device *device)
{
	front_device = device;
}

static int listen(void (*news)(void))
{
	unsigned long flags;
	int err = 0;

	flags = amp_lock(&front_lock);
	if (news && front_news)
		err = -EBUSY;
	else
		front_news = news;
	amp_unlock(&front_lock, flags);
	return err;
}

void amp_front_tell(void)
{
	unsigned long flags;

	flags = amp_lock(&front_lock);
	if (front_news)
		front_news();
	amp_unlock(&front_lock, flags);
}

static struct device *device(void)
{
	return front_device;
}

static const struct amp_partition *descriptor(const struct partition *p)
{
	return p->spec;
}

static u32 state(struct partition *p, u32 *count)
{
	unsigned long flags;
	u32 now;

	flags = amp_lock(&p->state_lock);
	now = READ_ONCE(p->gone) ? 0 : p->state;
	*count = p->state_count;
	amp_unlock(&p->state_lock, flags);
	return now;
}

static int start(struct partition *p, struct amp_report *report)
{
	return amp_partition_run(p, amp_life_start, report);
}

static int stop(struct partition *p, struct amp_report *report)
{
	return amp_partition_run(p, amp_life_stop, report);
}

const struct amp_front amp_front = {
	.listen = listen,
	.device = device,
	.nth = amp_partition_nth,
	.put = amp_partition_put,
	.descriptor = descriptor,
	.state = state,
	.start = start,
	.stop = stop,
	.replace = amp_segment_replace,
	.read = amp_segment_read,
};
EXPORT_SYMBOL_GPL(amp_front);
