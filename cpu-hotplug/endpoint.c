// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of dom0's ends and their device nodes. Creation fills it, open() looks up by minor number and hands over to the
 * channel's or the console's operations; what they do is not known here.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "channel.h"
#include "compat.h"
#include "endpoint.h"

#define MINORS (AMP_PARTITIONS_MAX * AMP_ENDPOINTS)

static DEFINE_MUTEX(table_lock); /* table and busy flags; taken last */
static struct amp_endpoint *table[MINORS];
static struct class *class;
static struct cdev cdev;
static dev_t first;

static int open_endpoint(struct inode *inode, struct file *file)
{
	struct amp_endpoint *ep;
	int err = -ENODEV;

	mutex_lock(&table_lock);
	ep = table[iminor(inode) - MINOR(first)];
	if (ep && ep->link && ep->busy) {
		err = -EBUSY;
	} else if (ep) {
		ep->busy = true;
		amp_partition_get(ep->p);
		err = 0;
	}
	mutex_unlock(&table_lock);
	if (err)
		return err;
	file->private_data = ep;
	replace_fops(file, fops_get(ep->operations));
	return file->f_op->open(inode, file);
}

void amp_endpoint_close(struct amp_endpoint *ep)
{
	mutex_lock(&table_lock);
	ep->busy = false;
	mutex_unlock(&table_lock);
	amp_partition_put(ep->p);
}

static const struct file_operations open_operations = { .owner = THIS_MODULE, .open = open_endpoint };

int amp_endpoints_init(void)
{
	int err = alloc_chrdev_region(&first, 0, MINORS, "amp");

	if (err)
		return err;
	cdev_init(&cdev, &open_operations);
	cdev.owner = THIS_MODULE;
	err = cdev_add(&cdev, first, MINORS);
	if (!err) {
		class = amp_class_create("amp");
		err = PTR_ERR_OR_ZERO(class);
		if (err)
			cdev_del(&cdev);
	}
	if (err)
		unregister_chrdev_region(first, MINORS);
	return err;
}

void amp_endpoints_exit(void)
{
	class_destroy(class);
	cdev_del(&cdev);
	unregister_chrdev_region(first, MINORS);
}

static u32 minor_of(const struct amp_endpoint *ep)
{
	return ep->p->slot * AMP_ENDPOINTS + ep->index;
}

/* "a-b" with channel "c" and "a" with channel "b-c" would have one name. */
static bool node_taken(const char *node)
{
	u32 i;

	for (i = 0; i < MINORS; i++)
		if (table[i] && !strcmp(table[i]->node, node))
			return true;
	return false;
}

static int publish(struct amp_endpoint *ep)
{
	struct device *device = ERR_PTR(-EEXIST);

	mutex_lock(&table_lock);
	if (!node_taken(ep->node)) {
		device = device_create(class, NULL, first + minor_of(ep), NULL, "%s", ep->node);
		if (!IS_ERR(device))
			table[minor_of(ep)] = ep;
	}
	mutex_unlock(&table_lock);
	return PTR_ERR_OR_ZERO(device);
}

static int create(struct partition *p, u32 index, const char *name, struct amp_channel_link *link)
{
	struct amp_endpoint *ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	int err;

	if (!ep)
		return -ENOMEM;
	ep->p = p;
	ep->index = index;
	ep->link = link;
	ep->send_wanted = 1;
	ep->operations = link ? &amp_ring_operations : &amp_console_operations;
	init_waitqueue_head(&ep->wait);
	mutex_init(&ep->send_lock);
	mutex_init(&ep->receive_lock);
	snprintf(ep->node, sizeof(ep->node), "amp-%s-%s", p->name, name);
	err = publish(ep);
	if (err) {
		kfree(ep);
		return err;
	}
	if (link)
		amp_channel_link_get(link);
	/* Release, partner: acquire in amp_endpoint_wake(), which may run as soon as the pointer is there. */
	smp_store_release(&p->endpoints[index], ep);
	return 0;
}

int amp_endpoints_create(struct partition *p, struct amp_report *report)
{
	const struct amp_channel *ch = amp_descriptor_channels(p->spec);
	int err = 0;
	u32 i;

	if (p->spec->flags & AMP_PARTITION_CONSOLE)
		err = create(p, AMP_ENDPOINT_CONSOLE, "console", NULL);
	for (i = 0; !err && i < p->spec->channel_count; i++)
		if (ch[i].peer_kind == AMP_PEER_DOM0)
			err = create(p, i, ch[i].name, p->links[i]);
	if (!err)
		return 0;
	amp_endpoints_remove(p);
	i -= i > 0; /* the channel that failed; 0 for the console, too */
	if (err == -EEXIST)
		return amp_fail(report, err, AMP_STATUS_NAME_IN_USE, i, 0);
	return amp_fail(report, err, AMP_STATUS_OUT_OF_MEMORY, i, sizeof(struct amp_endpoint));
}

static void remove_endpoint(struct amp_endpoint *ep)
{
	mutex_lock(&table_lock);
	if (table[minor_of(ep)] == ep) {
		table[minor_of(ep)] = NULL;
		device_destroy(class, first + minor_of(ep));
	}
	mutex_unlock(&table_lock);
	/* whoever is inside a call leaves it before the locks are ours; who comes later sees `dead` */
	mutex_lock(&ep->receive_lock);
	mutex_lock(&ep->send_lock);
	WRITE_ONCE(ep->dead, true);
	mutex_unlock(&ep->send_lock);
	mutex_unlock(&ep->receive_lock);
	wake_up_all(&ep->wait);
}

void amp_endpoints_remove(struct partition *p)
{
	u32 i;

	for (i = 0; i < AMP_ENDPOINTS; i++)
		if (p->endpoints[i])
			remove_endpoint(p->endpoints[i]);
}

void amp_endpoints_free(struct partition *p)
{
	u32 i;

	for (i = 0; i < AMP_ENDPOINTS; i++) {
		if (p->endpoints[i] && p->endpoints[i]->link)
			amp_channel_link_put(p->endpoints[i]->link);
		kfree(p->endpoints[i]);
	}
}

void amp_endpoint_wake(struct partition *p, u32 index)
{
	/* Acquire, partner: release in create(). */
	struct amp_endpoint *ep = smp_load_acquire(&p->endpoints[index]);

	if (!ep)
		return;
	atomic_set(&ep->rung, 1);
	wake_up_all(&ep->wait);
}
