// SPDX-License-Identifier: GPL-2.0-only
#include "queue.h"

#include <string.h>

void queue_clear(struct queue *queue)
{
    memset((void *)queue, 0, sizeof(*queue));
    amp_dsb();
}

void queue_offer(struct queue *queue, uint16_t head)
{
    queue->available.ring[queue->available.index % QUEUE_SIZE] = head;
    amp_dsb(); /* descriptors and entry before the index (2.7.13.3) */
    queue->available.index++;
    amp_dsb();
}

bool queue_is_idle(const struct queue *queue)
{
    bool idle = queue->used.index == queue->available.index;

    amp_dsb(); /* the index before what it speaks of */
    return idle;
}

uint64_t deadline_in(uint32_t milliseconds)
{
    return amp_timer_now() + amp_timer_frequency() / 1000 * milliseconds;
}

static void on_timer(uint32_t intid, void *context)
{
    (void)intid, (void)context;
    amp_timer_off();
}

/* Interrupts are masked but for the moment in which the timer's is taken, so that none slips in before the WFI. */
void nap(uint32_t microseconds)
{
    amp_irq_enable(AMP_IRQ_VIRTUAL_TIMER, false, on_timer, NULL);
    amp_timer_at(amp_timer_now() + amp_timer_frequency() / 1000000 * microseconds);
    amp_cpu_wait();
    amp_irq_unmask();
    amp_isb();
    amp_irq_mask();
}
