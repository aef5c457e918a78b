/* SPDX-License-Identifier: GPL-2.0-only */
/* One partition as a remote processor. */
#ifndef AMP_REMOTEPROC_REMOTE_H
#define AMP_REMOTEPROC_REMOTE_H

#include <linux/list.h>
#include <linux/remoteproc.h>

struct partition;
struct amp_report;

struct remote {
	struct list_head node;
	struct rproc *rproc; /* this structure is its priv */
	struct partition *p; /* a reference */
	u32 crash_told;	     /* count of the crash that remoteproc knows of */
	const struct task_struct *silent; /* whose stop is no wish, but news: see stop() */
	bool leaving;	     /* the remote processor goes, whatever the partition does */
};

/* These three sleep; one thread at a time calls them, without any lock. Create takes over the reference in any case. */
struct remote *amp_remote_create(struct partition *p);
void amp_remote_destroy(struct remote *r);
/* Makes the remote processor's state that of the partition. */
void amp_remote_follow(struct remote *r);

/* Says why, in words; returns err. */
int amp_remote_explain(struct rproc *rproc, const char *what, int err, const struct amp_report *report);

#endif
