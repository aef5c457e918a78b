// SPDX-License-Identifier: GPL-2.0-only
/*
 * amp-remoteproc.ko: every partition is a remote processor, too. One work item compares the partitions with the remote
 * processors there are and makes the latter follow; amp.ko only says when to look, so that no lock of remoteproc is ever
 * taken under one of a partition.
 */
#define pr_fmt(fmt) "amp-remoteproc: " fmt
#include <linux/module.h>
#include <linux/workqueue.h>
#include "front.h"
#include "remote.h"

static LIST_HEAD(remotes); /* the work's, and exit's after it */

static bool is_known(const struct partition *p)
{
	const struct remote *r;

	list_for_each_entry(r, &remotes, node)
		if (r->p == p)
			return true;
	return false;
}

static void forget(struct remote *r)
{
	list_del(&r->node);
	amp_remote_destroy(r);
}

static void add_new(void)
{
	struct partition *p;
	struct remote *r;
	u32 n, count;

	for (n = 0; (p = amp_front.nth(n)); n++) {
		if (is_known(p) || !amp_front.state(p, &count)) {
			amp_front.put(p);
			continue;
		}
		r = amp_remote_create(p);
		if (IS_ERR(r)) /* tried again at the next change */
			pr_err("no remote processor for a partition: error %ld\n", PTR_ERR(r));
		else
			list_add_tail(&r->node, &remotes);
	}
}

/* What changes while it looks makes it look again. */
static void look(struct work_struct *work)
{
	struct remote *r, *next;
	u32 count;

	list_for_each_entry_safe(r, next, &remotes, node)
		if (!amp_front.state(r->p, &count))
			forget(r);
	add_new();
	list_for_each_entry(r, &remotes, node)
		amp_remote_follow(r);
}

static DECLARE_WORK(work, look);

static void news(void)
{
	queue_work(system_long_wq, &work);
}

static int __init amp_remoteproc_init(void)
{
	int err = amp_front.listen(news);

	if (!err)
		news();
	return err;
}

/* Partitions that run go on. */
static void __exit amp_remoteproc_exit(void)
{
	struct remote *r, *next;

	amp_front.listen(NULL);
	cancel_work_sync(&work);
	list_for_each_entry_safe(r, next, &remotes, node)
		forget(r);
}

module_init(amp_remoteproc_init);
module_exit(amp_remoteproc_exit);
MODULE_DESCRIPTION("AMP partitioner: partitions as remote processors");
MODULE_AUTHOR("The AMP partitioner developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
