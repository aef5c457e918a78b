// SPDX-License-Identifier: GPL-2.0-only
/*
 * A partition's remote processor: the operations that remoteproc calls with rproc->lock held, and how its state follows a
 * partition that others start and stop, or that ends by itself. Takes a partition's lock under rproc->lock, never the
 * other way.
 *
 * Partition up, not by us: "attached". Ended: "offline". Crashed or lost: "crashed", until it is stopped or started.
 */
#include <linux/sched.h>
#include <linux/workqueue.h>
#include "amp/abi/ioctl.h"
#include "amp/abi/partition.h"
#include "firmware.h"
#include "front.h"
#include "remote.h"

static const char *text_of(u32 status)
{
	switch (status) {
#define TEXT_CASE(name, number, text) case number: return text;
		AMP_STATUS_LIST(TEXT_CASE)
	default:
		return "unknown reason";
	}
}

int amp_remote_explain(struct rproc *rproc, const char *what, int err, const struct amp_report *report)
{
	if (err && report->status)
		dev_err(&rproc->dev, "can't %s: %s (index %u, value 0x%llx)\n", what, text_of(report->status), report->index,
			report->value);
	else if (err)
		dev_err(&rproc->dev, "can't %s: error %d\n", what, err);
	return err;
}

static bool is_up(struct partition *p)
{
	u32 count, state = amp_front.state(p, &count);

	return state == AMP_STATE_RUNNING || state == AMP_STATE_PAUSED;
}

/* ---- operations ---- */

static int start(struct rproc *rproc)
{
	struct remote *r = rproc->priv;
	struct amp_report report = {};

	return amp_remote_explain(rproc, "start", amp_front.start(r->p, &report), &report);
}

/* remoteproc has one way to "offline", this one, also for a partition that ended by itself or that is left alone. */
static int stop(struct rproc *rproc)
{
	struct remote *r = rproc->priv;
	struct amp_report report = {};
	int err;

	if (READ_ONCE(r->silent) == current)
		return r->leaving || rproc->state == RPROC_CRASHED || !is_up(r->p) ? 0 : -EBUSY;
	err = amp_front.stop(r->p, &report);
	return err == -ENODEV ? 0 : amp_remote_explain(rproc, "stop", err, &report);
}

static int attach(struct rproc *rproc)
{
	struct remote *r = rproc->priv;
	u32 count;

	return amp_front.state(r->p, &count) ? 0 : -ENODEV;
}

static int detach(struct rproc *rproc)
{
	return 0; /* it runs on, as it did before */
}

static const struct rproc_ops operations = {
	.start = start,
	.stop = stop,
	.attach = attach,
	.detach = detach,
	.load = amp_firmware_load,
	.sanity_check = amp_firmware_check,
	/* No parse_fw: the resource table is amp-virtio's, and remoteproc must not allocate what it asks for. */
};

/* ---- following ---- */

static unsigned int state_of(struct rproc *rproc)
{
	unsigned int state;

	mutex_lock(&rproc->lock);
	state = rproc->state;
	mutex_unlock(&rproc->lock);
	return state;
}

/* The two states of a remote processor that nobody uses. */
static bool exchange(struct rproc *rproc, unsigned int from, unsigned int to)
{
	bool done;

	mutex_lock(&rproc->lock);
	done = rproc->state == from && !atomic_read(&rproc->power);
	if (done)
		rproc->state = to;
	mutex_unlock(&rproc->lock);
	return done;
}

static void adopt(struct remote *r)
{
	if (exchange(r->rproc, RPROC_OFFLINE, RPROC_DETACHED) && rproc_boot(r->rproc))
		exchange(r->rproc, RPROC_DETACHED, RPROC_OFFLINE);
}

/* Each start that somebody wrote counts, and takes one shutdown. */
static void put_offline(struct remote *r)
{
	WRITE_ONCE(r->silent, current);
	while (atomic_read(&r->rproc->power) > 0 && !rproc_shutdown(r->rproc))
		;
	WRITE_ONCE(r->silent, NULL);
}

static void follow_end(struct remote *r)
{
	exchange(r->rproc, RPROC_DETACHED, RPROC_OFFLINE);
	if (state_of(r->rproc) != RPROC_OFFLINE)
		put_offline(r);
}

static void follow_run(struct remote *r)
{
	if (state_of(r->rproc) == RPROC_CRASHED)
		put_offline(r);
	adopt(r);
}

static void follow_crash(struct remote *r, u32 count)
{
	if (r->crash_told == count)
		return;
	r->crash_told = count;
	exchange(r->rproc, RPROC_DETACHED, RPROC_OFFLINE);
	adopt(r);
	if (state_of(r->rproc) == RPROC_RUNNING || state_of(r->rproc) == RPROC_ATTACHED)
		rproc_report_crash(r->rproc, RPROC_FATAL_ERROR);
}

void amp_remote_follow(struct remote *r)
{
	u32 count, state = amp_front.state(r->p, &count);

	switch (state) {
	case 0: break; /* destroyed meanwhile */
	case AMP_STATE_RUNNING:
	case AMP_STATE_PAUSED: follow_run(r); break;
	case AMP_STATE_CRASHED:
	case AMP_STATE_LOST: follow_crash(r, count); break;
	default: follow_end(r); break;
	}
}

/* ---- there and gone ---- */

static struct rproc *allocate(const char *name)
{
	char firmware[AMP_NAME_SIZE + sizeof(".elf")];
	struct rproc *rproc;

	snprintf(firmware, sizeof(firmware), "%s.elf", name);
	rproc = rproc_alloc(amp_front.device(), name, &operations, firmware, sizeof(struct remote));
	if (rproc) {
		rproc->auto_boot = false;
		rproc->recovery_disabled = true;
	}
	return rproc;
}

struct remote *amp_remote_create(struct partition *p)
{
	struct rproc *rproc = allocate(amp_front.descriptor(p)->name);
	struct remote *r;
	int err;

	if (!rproc) {
		amp_front.put(p);
		return ERR_PTR(-ENOMEM);
	}
	r = rproc->priv;
	r->rproc = rproc;
	r->p = p;
	err = rproc_add(rproc);
	if (err) {
		rproc_free(rproc);
		amp_front.put(p);
		return ERR_PTR(err);
	}
	return r;
}

void amp_remote_destroy(struct remote *r)
{
	struct partition *p = r->p;

	r->leaving = true;
	WRITE_ONCE(r->silent, current);
	/* The handler of a crash that was told is remoteproc's work, and neither rproc_del() nor rproc_free() waits for it. */
	flush_work(&r->rproc->crash_handler);
	rproc_del(r->rproc); /* waits for operations that are under way */
	flush_work(&r->rproc->crash_handler); /* of a crash that somebody made up in debugfs meanwhile */
	rproc_free(r->rproc); /* and r */
	amp_front.put(p);
}
