// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others see of a partition without waiting for its life cycle: QUERY, and eventfds that tell of news.
 */
#include "arch/arch.h"
#include "compat.h"
#include "partition.h"

void amp_partition_query(struct partition *p, struct amp_query *q)
{
	unsigned long flags;

	strscpy(q->name, p->name, AMP_NAME_SIZE);
	q->id = p->id;
	memcpy(q->instance, p->instance, sizeof(q->instance));
	q->cpu = READ_ONCE(p->core.cpu);
	q->doorbell_intid = p->spec->doorbell_intid;
	q->channel_count = p->spec->channel_count;
	q->memory_bytes = p->memory_bytes;
	q->channel_bytes = p->channel_bytes;
	q->monitor_bytes = p->pages.bytes;
	q->segment_bytes = READ_ONCE(p->segment_bytes);
	q->now_ticks = amp_arch_counter();
	q->counter_hz = amp_arch_counter_hz();
	q->stats = *p->pages.stats;
	flags = amp_lock(&p->state_lock);
	q->state = p->state;
	q->resets = p->resets;
	q->starts = p->starts;
	q->start_ticks = p->start_ticks;
	q->failure = p->failure;
	q->exit = p->exit;
	amp_unlock(&p->state_lock, flags);
}

int amp_partition_eventfd(struct partition *p, const struct amp_eventfd *event)
{
	struct eventfd_ctx *context = NULL;
	unsigned long flags;

	if (event->what >= AMP_EVENT_CHANNEL + p->spec->channel_count)
		return -EINVAL;
	if (event->fd != -1) {
		context = eventfd_ctx_fdget(event->fd);
		if (IS_ERR(context))
			return PTR_ERR(context);
	}
	flags = amp_lock(&p->state_lock);
	swap(p->events[event->what], context);
	amp_unlock(&p->state_lock, flags);
	if (context)
		eventfd_ctx_put(context);
	return 0;
}

void amp_partition_signal(struct partition *p, u32 what)
{
	unsigned long flags;

	flags = amp_lock(&p->state_lock);
	if (p->events[what])
		amp_eventfd_signal(p->events[what]);
	amp_unlock(&p->state_lock, flags);
}
