// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor's calls to Linux: one spare SPI per partition, pended by the monitor through GICD_ISPENDR. Creation takes and
 * tests it; the handler passes on what the mailbox says and does nothing else.
 */
#include <linux/bitops.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include "arch/arch.h"
#include "claims.h"
#include "doorbell.h"
#include "endpoint.h"
#include "life.h"
#include "virtio.h"

static void wake_channels(struct partition *p, unsigned long channels)
{
	u32 i;

	for_each_set_bit(i, &channels, AMP_CHANNELS_MAX) {
		if (i >= p->spec->channel_count)
			break;
		amp_endpoint_wake(p, i);
		amp_partition_signal(p, AMP_EVENT_CHANNEL + i);
	}
}

/*
 * A guest may ring without end. Beyond this many in a tick (some 50000 a second, a few percent of a core) Linux stops listening
 * until the next tick; nothing is lost, because the outbox and the interrupt's pending state remember.
 */
#define PER_TICK_MAX 200

static void limit(struct partition *p)
{
	if (p->doorbell_tick != jiffies) {
		p->doorbell_tick = jiffies;
		p->doorbell_count = 0;
	}
	if (++p->doorbell_count < PER_TICK_MAX || READ_ONCE(p->doorbell_closing))
		return;
	p->doorbell_count = 0;
	disable_irq_nosync(p->doorbell_irq);
	queue_delayed_work(system_highpri_wq, &p->doorbell_work, 1);
}

static void listen_again(struct work_struct *work)
{
	struct partition *p = container_of(to_delayed_work(work), struct partition, doorbell_work);

	enable_irq(p->doorbell_irq);
}

static irqreturn_t handle(int irq, void *data)
{
	struct partition *p = data;
	/* Full barriers, partner: the monitor's atomic OR before it pends the interrupt. */
	u32 outbox = xchg(&p->pages.mailbox->outbox, 0);
	u32 channels = xchg(&p->pages.mailbox->channel_outbox, 0);

	complete(&p->doorbell_arrived);
	if (channels)
		wake_channels(p, channels);
	if (outbox & AMP_OUTBOX_CONSOLE) {
		amp_endpoint_wake(p, AMP_ENDPOINT_CONSOLE);
		amp_partition_signal(p, AMP_EVENT_CONSOLE);
	}
	amp_virtio_notified(p);
	if (outbox & AMP_OUTBOX_ACCESS)
		amp_virtio_access_came(p);
	if (outbox & AMP_OUTBOX_STATE)
		amp_life_look(p);
	limit(p);
	return IRQ_HANDLED;
}

/* The SPI may be wired to the secure world or not exist: only an interrupt that arrives proves anything. */
static int self_test(struct partition *p, u32 intid, struct amp_report *report)
{
	amp_arch_spi_pend(intid);
	if (wait_for_completion_timeout(&p->doorbell_arrived, HZ))
		return 0;
	return amp_fail(report, -ENODEV, AMP_STATUS_DOORBELL_DEAD, 0, intid);
}

int amp_doorbell_take(struct partition *p, struct amp_report *report)
{
	u32 intid = p->spec->doorbell_intid;
	int err;

	init_completion(&p->doorbell_arrived);
	INIT_DELAYED_WORK(&p->doorbell_work, listen_again);
	p->doorbell_irq = amp_claims_map_spi(intid, IRQ_TYPE_EDGE_RISING);
	if (!p->doorbell_irq)
		return amp_fail(report, -EBUSY, AMP_STATUS_DOORBELL_IN_USE, 0, intid);
	if (request_irq(p->doorbell_irq, handle, 0, p->name, p)) {
		irq_dispose_mapping(p->doorbell_irq);
		return amp_fail(report, -EBUSY, AMP_STATUS_DOORBELL_IN_USE, 0, intid);
	}
	err = self_test(p, intid, report);
	if (err)
		amp_doorbell_give(p);
	return err;
}

void amp_doorbell_give(struct partition *p)
{
	WRITE_ONCE(p->doorbell_closing, true);
	synchronize_irq(p->doorbell_irq); /* from here on no handler queues the work, which must not outlive the interrupt */
	cancel_delayed_work_sync(&p->doorbell_work);
	free_irq(p->doorbell_irq, p);
	irq_dispose_mapping(p->doorbell_irq);
	p->doorbell_irq = 0;
}
