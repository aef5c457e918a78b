// SPDX-License-Identifier: GPL-2.0-only
/*
 * A descriptor that can do nothing but mmap a partition's memory, for back ends without privileges; with holes, since vhost-user
 * back ends map all that is below a region, too. It holds the partition's structure, not its memory: that goes back to Linux
 * with DESTROY and the last mapping.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include "mapping.h"

static int memory_mmap(struct file *file, struct vm_area_struct *vma)
{
	return amp_mapping_create(file->private_data, vma, AMP_MAPPING_HOLES);
}

static int memory_release(struct inode *inode, struct file *file)
{
	amp_partition_put(file->private_data);
	return 0;
}

static const struct file_operations memory_operations = {
	.owner = THIS_MODULE,
	.mmap = memory_mmap,
	.llseek = noop_llseek,
	.release = memory_release,
};

struct file *amp_mapping_open(struct partition *p)
{
	struct file *file = anon_inode_getfile("[amp-memory]", &memory_operations, p, O_RDWR);

	if (!IS_ERR(file))
		amp_partition_get(p);
	return file;
}
