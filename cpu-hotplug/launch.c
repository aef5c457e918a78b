// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a monitor on the donated core and turns the core off again. Called by the life cycle for start, restart, stop and
 * after a guest's end; decides nothing about states. All waiting is bounded.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/iopoll.h>
#include <linux/mm.h>
#include "arch/arch.h"
#include "channel.h"
#include "claims.h"
#include "inject.h"
#include "launch.h"
#include "life.h"
#include "segment.h"
#include "virtio.h"

#define ASK_AGAIN_US (100 * USEC_PER_MSEC)

static u32 monitor_state(const struct partition *p)
{
	/* Acquire, partner: the monitor's release after what the state speaks of. */
	return smp_load_acquire(&p->pages.mailbox->state);
}

static void set_live(struct partition *p, bool live)
{
	unsigned long flags;

	flags = amp_lock(&p->request_lock);
	p->live = live;
	amp_unlock(&p->request_lock, flags);
}

/* ---- up ---- */

static int fill_memory(struct partition *p, struct amp_report *report)
{
	amp_memory_scrub(p->memory);
	p->memory->dirty = true;
	amp_segment_copy_all(p);
	amp_memory_flush(p->memory);
	return 0;
}

static int prepare_monitor(struct partition *p, struct amp_report *report)
{
	amp_monitor_prepare(p);
	return 0;
}

static int turn_on(struct partition *p, struct amp_report *report)
{
	long err;

	WRITE_ONCE(p->bell->pending, 0);
	/* Before the core is on: what peers pend from now on, the monitor finds at its first look, or its kick is pending. */
	smp_store_release(&p->bell->target, AMP_TARGET_VALID | p->core.kick_target);
	set_live(p, true);
	p->start_ticks = amp_arch_counter();
	err = amp_arch_core_start(p->core.mpidr, virt_to_phys(p->pages.image), virt_to_phys(p->pages.boot));
	if (!err)
		return 0;
	WRITE_ONCE(p->bell->target, 0);
	set_live(p, false);
	return amp_fail(report, -EIO, AMP_STATUS_CORE_START_FAILED, p->core.cpu, (u64)err);
}

/* A look past the caches as long as the monitor may run without them. */
static bool has_answered(struct partition *p)
{
	amp_monitor_refresh(p);
	return monitor_state(p) != AMP_MONITOR_OFF;
}

static bool wait_answer(struct partition *p)
{
	bool answered;

	read_poll_timeout(has_answered, answered, answered, AMP_ANSWER_POLL_US, AMP_ANSWER_US, false, p);
	return answered;
}

static int check_answer(struct partition *p, struct amp_report *report)
{
	if (!wait_answer(p))
		return amp_fail(report, -EIO, AMP_STATUS_MONITOR_SILENT, p->core.cpu, 0);
	if (monitor_state(p) == AMP_MONITOR_FAILED)
		return amp_fail(report, -EIO, AMP_STATUS_MONITOR_REFUSED, p->core.cpu,
				READ_ONCE(p->pages.mailbox->boot_status));
	return 0;
}

static int tell_back_ends(struct partition *p, struct amp_report *report)
{
	amp_virtio_is_up(p);
	return 0;
}

static int (*const steps[])(struct partition *, struct amp_report *) = {
	amp_virtio_begin_run,
	fill_memory,
	prepare_monitor,
	turn_on,
	check_answer,
	tell_back_ends,
};

/*
 * A core that was told to turn on counts as off until it begins with some firmware (QEMU's), in spite of DEN 0022 5.7: only
 * after its monitor said something, or never did, does AFFINITY_INFO prove anything.
 */
static int abandon(struct partition *p, struct amp_report *report)
{
	wait_answer(p);
	return amp_launch_turn_off(p, true, report);
}

int amp_launch(struct partition *p, struct amp_report *report)
{
	struct amp_report off = {};
	u32 i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(steps) && !err; i++) {
		err = steps[i](p, report);
		if (!err)
			err = amp_inject(report);
	}
	if (err && p->live && abandon(p, &off)) {
		*report = off;
		return -EIO;
	}
	/* not -EIO: that one is kept for a core that is lost */
	return err == -EIO ? -ENODEV : err;
}

/* ---- down ---- */

static void sync_peers(struct partition *p)
{
	struct partition *peers[AMP_CHANNELS_MAX];
	u32 i, count = p->spec->channel_count;

	for (i = 0; i < count; i++)
		peers[i] = amp_channel_peer(p, i);
	amp_life_sync(peers, count);
	for (i = 0; i < count; i++)
		amp_partition_put(peers[i]);
}

/* Asks again now and then: it costs nothing, and a kick that came before the monitor listened is not lost. */
static bool wait_off(struct partition *p, bool ask)
{
	bool off = false;
	u32 round, seq;

	for (round = 0; round < AMP_ANSWER_US / ASK_AGAIN_US && !off; round++) {
		if (ask)
			amp_life_request(p, &seq);
		read_poll_timeout(amp_arch_core_is_off, off, off, AMP_ANSWER_POLL_US, ASK_AGAIN_US, false, p->core.mpidr);
	}
	return off;
}

int amp_launch_turn_off(struct partition *p, bool ask, struct amp_report *report)
{
	bool off;

	WRITE_ONCE(p->bell->target, 0); /* first peers stop calling, then the core goes */
	sync_peers(p);
	if (ask)
		WRITE_ONCE(p->pages.mailbox->wanted, AMP_WANT_STOP);
	off = wait_off(p, ask);
	set_live(p, false);
	amp_monitor_refresh(p);
	if (off) {
		amp_claims_silence(p); /* the monitor did, unless a fault of its own ended it */
		return 0;
	}
	pr_err("core %u of partition %s did not turn off; it and its memory stay out of use\n", p->core.cpu, p->name);
	return amp_fail(report, -EIO, AMP_STATUS_CORE_STUCK, p->core.cpu, 0);
}
