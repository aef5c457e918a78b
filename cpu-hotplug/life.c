// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life cycle: which state allows what, and what a guest's end leads to. Called by ioctls and by the work behind a
 * monitor's call; the only place that changes a partition's state.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include "arch/arch.h"
#include "front.h"
#include "launch.h"
#include "life.h"
#include "segment.h"

/* A guest that resets in a loop starts at most this often. */
#define RESTART_INTERVAL (HZ / 10)

static struct workqueue_struct *queue;

int amp_life_init(void)
{
	queue = alloc_workqueue("amp", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

void amp_life_exit(void)
{
	destroy_workqueue(queue);
}

/* ---- requests to a monitor ---- */

bool amp_life_request(struct partition *p, u32 *seq)
{
	unsigned long flags;
	bool live;

	flags = amp_lock(&p->request_lock);
	live = p->live;
	if (live) {
		*seq = ++p->request_seq;
		/* Release, partner: the monitor's acquire load; `wanted` and routes before. */
		smp_store_release(&p->pages.mailbox->request_seq, *seq);
		amp_arch_kick(p->core.kick_target);
	}
	amp_unlock(&p->request_lock, flags);
	return live;
}

bool amp_life_acknowledged(struct partition *p, u32 seq)
{
	const struct amp_mailbox *m = p->pages.mailbox;
	u32 state;

	/* Acquire, partner: the monitor's release after it acted. */
	if ((s32)(smp_load_acquire(&m->ack_seq) - seq) >= 0)
		return true;
	state = READ_ONCE(m->state);
	return !READ_ONCE(p->live) || state == AMP_MONITOR_ENDED || state == AMP_MONITOR_FAILED;
}

void amp_life_sync(struct partition **peers, u32 count)
{
	u32 i, seq[AMP_CHANNELS_MAX];
	bool asked[AMP_CHANNELS_MAX], done;

	for (i = 0; i < count; i++)
		asked[i] = peers[i] && amp_life_request(peers[i], &seq[i]);
	for (i = 0; i < count; i++) {
		if (!asked[i])
			continue;
		read_poll_timeout(amp_life_acknowledged, done, done, AMP_ANSWER_POLL_US, AMP_ANSWER_US, false, peers[i],
				  seq[i]);
		if (!done) /* at worst Linux sees one stray interrupt when it gets the core back */
			pr_warn_ratelimited("partition %s does not answer\n", peers[i]->name);
	}
}

void amp_life_ring(struct partition *p, u32 endpoint)
{
	unsigned long flags;

	flags = amp_lock(&p->request_lock);
	if (p->live) { /* or the slot may be another partition's by now */
		if (endpoint < AMP_CHANNELS_MAX)
			atomic_or(BIT(endpoint), (atomic_t *)&p->bell->pending);
		smp_mb(); /* pending before the kick; partner: the monitor's exchange of pending after it took the kick */
		amp_arch_kick(p->core.kick_target);
	}
	amp_unlock(&p->request_lock, flags);
}

/* ---- states ---- */

void amp_life_set_state(struct partition *p, u32 state)
{
	unsigned long flags;

	flags = amp_lock(&p->state_lock);
	p->state = state;
	p->state_count++;
	amp_unlock(&p->state_lock, flags);
	wake_up_all(&p->state_wait);
	amp_partition_signal(p, AMP_EVENT_STATE);
	amp_front_tell();
}

bool amp_life_is_up(const struct partition *p)
{
	return p->state == AMP_STATE_RUNNING || p->state == AMP_STATE_PAUSED;
}

static void set_failure(struct partition *p, const struct amp_report *failure)
{
	unsigned long flags;

	flags = amp_lock(&p->state_lock);
	p->failure = *failure;
	amp_unlock(&p->state_lock, flags);
}

static int lose(struct partition *p, const struct amp_report *report)
{
	set_failure(p, report);
	amp_life_set_state(p, AMP_STATE_LOST);
	return -EIO;
}

static bool is_crash(u32 reason)
{
	switch (reason) {
#define AMP_EXIT_CASE(name, number, crash, text) case number: return crash;
		AMP_EXIT_LIST(AMP_EXIT_CASE)
	default:
		return true;
	}
}

static bool has_ended(const struct partition *p)
{
	/* Acquire, partner: the monitor's release after the exit record. */
	return smp_load_acquire(&p->pages.mailbox->state) == AMP_MONITOR_ENDED;
}

/* What the monitor left; one that went without a word can only have had a fault of its own. */
static u32 keep_exit_record(struct partition *p)
{
	unsigned long flags;
	u32 reason;

	flags = amp_lock(&p->state_lock);
	p->exit = *p->pages.exit_record;
	if (!has_ended(p))
		p->exit.reason = AMP_EXIT_MONITOR_FAULT;
	reason = p->exit.reason;
	if (reason == AMP_EXIT_SYSTEM_RESET)
		p->resets++;
	amp_unlock(&p->state_lock, flags);
	return reason;
}

/* ---- a guest's end ---- */

static void restart_later(struct partition *p)
{
	unsigned long earliest = p->last_start + RESTART_INTERVAL;

	p->restart_pending = true;
	mod_delayed_work(queue, &p->state_work, time_before(jiffies, earliest) ? earliest - jiffies : 0);
}

/* The monitor reported the guest's end: prove the core off, keep the record, go where the reason leads. */
static int collect(struct partition *p, struct amp_report *report)
{
	u32 reason;

	if (amp_launch_turn_off(p, false, report))
		return lose(p, report);
	reason = keep_exit_record(p);
	if (reason == AMP_EXIT_SYSTEM_RESET)
		restart_later(p);
	else
		amp_life_set_state(p, is_crash(reason) ? AMP_STATE_CRASHED : AMP_STATE_STOPPED);
	return 0;
}

/* Every call begins with what the guest may have done meanwhile. */
static void settle(struct partition *p)
{
	struct amp_report report = {};

	if (amp_life_is_up(p) && !p->restart_pending && has_ended(p))
		collect(p, &report);
}

static int launch(struct partition *p, struct amp_report *report)
{
	unsigned long flags;
	int err;

	p->last_start = jiffies;
	err = amp_launch(p, report);
	if (err == -EIO)
		return lose(p, report);
	if (err)
		return err;
	flags = amp_lock(&p->state_lock);
	p->starts++;
	p->failure = (struct amp_report){};
	amp_unlock(&p->state_lock, flags);
	amp_life_set_state(p, AMP_STATE_RUNNING);
	settle(p); /* its call may have come before the state said that it runs */
	return 0;
}

static void restart(struct partition *p)
{
	struct amp_report report = {};

	p->restart_pending = false;
	if (!launch(p, &report) || p->state == AMP_STATE_LOST)
		return;
	set_failure(p, &report);
	amp_life_set_state(p, AMP_STATE_STOPPED);
}

void amp_life_work(struct work_struct *work)
{
	struct partition *p = container_of(to_delayed_work(work), struct partition, state_work);

	mutex_lock(&p->lock);
	if (!p->gone && p->restart_pending && time_after_eq(jiffies, p->last_start + RESTART_INTERVAL))
		restart(p);
	else if (!p->gone && p->restart_pending)
		restart_later(p);
	else if (!p->gone)
		settle(p);
	mutex_unlock(&p->lock);
}

void amp_life_look(struct partition *p)
{
	mod_delayed_work(queue, &p->state_work, 0);
}

void amp_life_drain(struct partition *p)
{
	cancel_delayed_work_sync(&p->state_work);
}

/* ---- calls ---- */

static int wrong_state(const struct partition *p, struct amp_report *report)
{
	return amp_fail(report, -EBUSY, AMP_STATUS_BAD_STATE, 0, p->state);
}

int amp_life_start(struct partition *p, struct amp_report *report)
{
	settle(p);
	if (amp_life_is_up(p) || p->state == AMP_STATE_LOST)
		return wrong_state(p, report);
	if (p->core.cpu == AMP_NO_CPU)
		return amp_fail(report, -ENXIO, AMP_STATUS_NO_CORE, 0, 0);
	if (!amp_segment_at(p, p->spec->entry))
		return amp_fail(report, -ENOEXEC, AMP_STATUS_NOT_LOADED, 0, p->spec->entry);
	return launch(p, report);
}

int amp_life_stop(struct partition *p, struct amp_report *report)
{
	settle(p);
	if (p->state == AMP_STATE_STOPPED || p->state == AMP_STATE_CRASHED)
		return 0; /* it was faster */
	if (!amp_life_is_up(p))
		return wrong_state(p, report);
	if (p->restart_pending) {
		p->restart_pending = false;
	} else {
		if (amp_launch_turn_off(p, true, report))
			return lose(p, report);
		keep_exit_record(p);
	}
	amp_life_set_state(p, is_crash(p->exit.reason) ? AMP_STATE_CRASHED : AMP_STATE_STOPPED);
	return 0;
}

static bool reached(struct partition *p, u32 seq, u32 state)
{
	return has_ended(p) || (amp_life_acknowledged(p, seq) && READ_ONCE(p->pages.mailbox->state) == state);
}

static int ask(struct partition *p, u32 wanted, u32 expected, struct amp_report *report)
{
	bool done;
	u32 seq;

	WRITE_ONCE(p->pages.mailbox->wanted, wanted);
	if (!amp_life_request(p, &seq))
		return wrong_state(p, report);
	read_poll_timeout(reached, done, done, AMP_ANSWER_POLL_US, AMP_ANSWER_US, false, p, seq, expected);
	if (!done)
		return amp_fail(report, -ETIMEDOUT, AMP_STATUS_MONITOR_SILENT, p->core.cpu, 0);
	settle(p);
	return amp_life_is_up(p) && !p->restart_pending ? 0 : wrong_state(p, report);
}

int amp_life_pause(struct partition *p, struct amp_report *report)
{
	int err;

	settle(p);
	if (p->state != AMP_STATE_RUNNING || p->restart_pending)
		return wrong_state(p, report);
	err = ask(p, AMP_WANT_PAUSE, AMP_MONITOR_PAUSED, report);
	if (!err)
		amp_life_set_state(p, AMP_STATE_PAUSED);
	return err;
}

int amp_life_resume(struct partition *p, struct amp_report *report)
{
	int err;

	settle(p);
	if (p->state != AMP_STATE_PAUSED)
		return wrong_state(p, report);
	err = ask(p, AMP_WANT_RUN, AMP_MONITOR_RUNNING, report);
	if (!err)
		amp_life_set_state(p, AMP_STATE_RUNNING);
	return err;
}

int amp_life_assign(struct partition *p, u32 cpu, struct amp_report *report)
{
	struct amp_core *core = (struct amp_core *)amp_descriptor_cores(p->spec);
	int err;

	if (p->core.cpu != AMP_NO_CPU)
		return wrong_state(p, report);
	err = amp_cpus_take(&p->core, cpu, AMP_ANY_MPIDR, p->spec->flags & AMP_PARTITION_AARCH32, report);
	if (err)
		return err;
	core->cpu = cpu;
	core->mpidr = p->core.mpidr;
	return 0;
}

int amp_life_release(struct partition *p, struct amp_report *report)
{
	settle(p);
	if (amp_life_is_up(p) || p->state == AMP_STATE_LOST)
		return wrong_state(p, report);
	if (p->core.cpu == AMP_NO_CPU)
		return amp_fail(report, -ENXIO, AMP_STATUS_NO_CORE, 0, 0);
	amp_cpus_give(&p->core);
	return 0;
}
