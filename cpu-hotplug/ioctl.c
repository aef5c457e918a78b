// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls on /dev/amp and on a partition's descriptor: copy in, check pads, call, copy out. No policy here, and no user
 * memory is touched with a partition's lock held.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "arch/arch.h"
#include "console.h"
#include "host.h"
#include "ioctl.h"
#include "life.h"
#include "mapping.h"
#include "segment.h"
#include "virtio.h"

/* A descriptor of a partition. */
struct handle {
	struct partition *p;
	u32 seen; /* state_count at the last QUERY through this descriptor */
};

/* ---- descriptors of any kind ---- */

/* Takes over the file, or ERR_PTR. The number is installed last, so that a failing copy leaves nothing behind. */
static int give_file(struct file *file, int32_t __user *to)
{
	int fd, err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(O_CLOEXEC);
	err = fd < 0 ? fd : put_user(fd, to);
	if (!err) {
		fd_install(fd, file);
		return 0;
	}
	if (fd >= 0)
		put_unused_fd(fd);
	fput(file);
	return err;
}

/* ---- actions: everything that answers with a report and a time ---- */

static int keep(struct partition *p, struct amp_report *report)
{
	p->kept = true;
	return 0;
}

static long action(struct partition *p, int (*act)(struct partition *, struct amp_report *), void __user *to)
{
	struct amp_action answer = {};
	ktime_t begin = ktime_get();
	int err;

	err = act == amp_partition_destroy ? act(p, &answer.report) : amp_partition_run(p, act, &answer.report);
	answer.elapsed_ns = ktime_to_ns(ktime_sub(ktime_get(), begin));
	return copy_to_user(to, &answer, sizeof(answer)) ? -EFAULT : err;
}

static long assign(struct partition *p, struct amp_assign __user *to)
{
	struct amp_assign request;
	int err;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	if (request.pad)
		return -EINVAL;
	request.report = (struct amp_report){};
	err = mutex_lock_killable(&p->lock);
	if (err)
		return err;
	err = p->gone ? -ENODEV : amp_life_assign(p, request.cpu, &request.report);
	mutex_unlock(&p->lock);
	return copy_to_user(to, &request, sizeof(request)) ? -EFAULT : err;
}

static long load(struct partition *p, struct amp_segment __user *to, bool image)
{
	struct amp_segment request;
	int err;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	request.report = (struct amp_report){};
	err = amp_segment_load(p, &request, image);
	return copy_to_user(to, &request, sizeof(request)) ? -EFAULT : err;
}

/* ---- looking ---- */

static long query(struct handle *h, void __user *to)
{
	struct amp_query *answer = kzalloc(sizeof(*answer), GFP_KERNEL);
	u32 seen = READ_ONCE(h->p->state_count); /* before the state: a change in between is reported again */
	long err = -ENODEV;

	if (!answer)
		return -ENOMEM;
	amp_partition_query(h->p, answer);
	if (!READ_ONCE(h->p->gone))
		err = copy_to_user(to, answer, sizeof(*answer)) ? -EFAULT : 0;
	h->seen = seen;
	kfree(answer);
	return err;
}

static long read_stream(struct partition *p, struct amp_read_stream __user *to)
{
	struct amp_read_stream request;
	int err;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	if (READ_ONCE(p->gone))
		return -ENODEV;
	err = amp_console_read_stream(p, &request);
	if (err)
		return err;
	return copy_to_user(to, &request, sizeof(request)) ? -EFAULT : 0;
}

static long set_eventfd(struct partition *p, struct amp_eventfd __user *from)
{
	struct amp_eventfd request;

	if (copy_from_user(&request, from, sizeof(request)))
		return -EFAULT;
	return amp_partition_eventfd(p, &request);
}

/* ---- for back ends ---- */

static long open_virtio(struct partition *p, struct amp_virtio_open __user *to)
{
	struct amp_virtio_open request;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	return give_file(amp_virtio_open(p, request.device), &to->fd);
}

static long open_memory(struct partition *p, struct amp_memory_open __user *to)
{
	struct amp_memory_open request;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	if (request.pad)
		return -EINVAL;
	return READ_ONCE(p->gone) ? -ENODEV : give_file(amp_mapping_open(p), &to->fd);
}

static long partition_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct handle *h = file->private_data;
	void __user *to = (void __user *)argument;

	switch (command) {
	case AMP_IOC_QUERY: return query(h, to);
	case AMP_IOC_LOAD: return load(h->p, to, false);
	case AMP_IOC_LOAD_IMAGE: return load(h->p, to, true);
	case AMP_IOC_CLEAR: return action(h->p, amp_segment_clear, to);
	case AMP_IOC_KEEP: return action(h->p, keep, to);
	case AMP_IOC_START: return action(h->p, amp_life_start, to);
	case AMP_IOC_STOP: return action(h->p, amp_life_stop, to);
	case AMP_IOC_PAUSE: return action(h->p, amp_life_pause, to);
	case AMP_IOC_RESUME: return action(h->p, amp_life_resume, to);
	case AMP_IOC_DESTROY: return action(h->p, amp_partition_destroy, to);
	case AMP_IOC_ASSIGN: return assign(h->p, to);
	case AMP_IOC_RELEASE: return action(h->p, amp_life_release, to);
	case AMP_IOC_READ_STREAM: return read_stream(h->p, to);
	case AMP_IOC_EVENTFD: return set_eventfd(h->p, to);
	case AMP_IOC_VIRTIO_OPEN: return open_virtio(h->p, to);
	case AMP_IOC_MEMORY_OPEN: return open_memory(h->p, to);
	default: return -ENOTTY;
	}
}

static __poll_t partition_poll(struct file *file, struct poll_table_struct *table)
{
	struct handle *h = file->private_data;

	poll_wait(file, &h->p->state_wait, table);
	if (READ_ONCE(h->p->gone))
		return EPOLLIN | EPOLLHUP;
	return READ_ONCE(h->p->state_count) != h->seen ? EPOLLIN | EPOLLRDNORM : 0;
}

static int partition_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct handle *h = file->private_data;

	return amp_mapping_create(h->p, vma, AMP_MAPPING_NO_HOLES);
}

static int partition_release(struct inode *inode, struct file *file)
{
	struct handle *h = file->private_data;

	amp_partition_close(h->p);
	amp_partition_put(h->p);
	kfree(h);
	return 0;
}

static const struct file_operations partition_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = partition_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = partition_poll,
	.mmap = partition_mmap,
	.release = partition_release,
};

/* ---- a partition's descriptor ---- */

/* Takes over the caller's reference and open_count, also when it fails. */
static struct file *make_file(struct partition *p)
{
	struct handle *h = kzalloc(sizeof(*h), GFP_KERNEL);
	struct file *file = ERR_PTR(-ENOMEM);

	if (h) {
		h->p = p;
		file = anon_inode_getfile("[amp-partition]", &partition_operations, h, O_RDWR);
	}
	if (IS_ERR(file)) {
		kfree(h);
		amp_partition_close(p);
		amp_partition_put(p);
	}
	return file;
}

static int give_descriptor(struct partition *p, int32_t __user *to)
{
	return give_file(make_file(p), to);
}

static int create_from_user(const struct amp_create *request, struct partition **p, struct amp_report *report)
{
	void *blob;
	int err;

	if (request->descriptor_size > AMP_PARTITION_SIZE_MAX || !request->descriptor_size)
		return amp_fail(report, -EINVAL, AMP_STATUS_BAD_SIZE, 0xffffffff, request->descriptor_size);
	blob = vmemdup_user(u64_to_user_ptr(request->descriptor), request->descriptor_size);
	if (IS_ERR(blob))
		return PTR_ERR(blob);
	err = amp_partition_create(blob, request->descriptor_size, p, report);
	kvfree(blob);
	return err;
}

static long create(struct amp_create __user *to)
{
	struct amp_create request;
	struct amp_report report = {};
	struct partition *p;
	int err;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	err = create_from_user(&request, &p, &report);
	if (copy_to_user(&to->report, &report, sizeof(report)) && !err) {
		amp_partition_close(p);
		amp_partition_put(p);
		return -EFAULT;
	}
	return err ?: give_descriptor(p, &to->fd);
}

static long open(struct amp_open __user *to)
{
	struct amp_open request;
	struct partition *p;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	if (request.pad || !amp_name_valid(request.name))
		return -EINVAL;
	p = amp_partition_find(request.name);
	if (p && amp_partition_open(p))
		return give_descriptor(p, &to->fd);
	amp_partition_put(p);
	return -ENOENT;
}

/* ---- the device ---- */

static long info(void __user *to)
{
	struct amp_info answer = {
		.abi_major = AMP_ABI_MAJOR,
		.abi_minor = AMP_ABI_MINOR,
		.gic_version = amp_host.gic_version,
		.host_el = amp_host.el,
		.partition_count = amp_partition_list(NULL, 0),
		.monitor_bytes = amp_monitor_memory(),
		.kick_sgi = amp_host.kick_sgi,
		.maintenance_intid = amp_host.maintenance_intid,
		.counter_hz = amp_arch_counter_hz(),
	};

	amp_cpus_donated(answer.donated_cpus, ARRAY_SIZE(answer.donated_cpus));
	return copy_to_user(to, &answer, sizeof(answer)) ? -EFAULT : 0;
}

static long list(struct amp_list __user *to)
{
	struct amp_list_entry *entries;
	struct amp_list request;
	u32 capacity;
	long err = 0;

	if (copy_from_user(&request, to, sizeof(request)))
		return -EFAULT;
	capacity = min_t(u32, request.capacity, AMP_PARTITIONS_MAX);
	entries = kcalloc(AMP_PARTITIONS_MAX, sizeof(*entries), GFP_KERNEL);
	if (!entries)
		return -ENOMEM;
	request.count = amp_partition_list(entries, capacity);
	if (copy_to_user(u64_to_user_ptr(request.entries), entries, min(request.count, capacity) * sizeof(*entries)) ||
	    copy_to_user(to, &request, sizeof(request)))
		err = -EFAULT;
	kfree(entries);
	return err;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *to = (void __user *)argument;

	switch (command) {
	case AMP_IOC_INFO: return info(to);
	case AMP_IOC_LIST: return list(to);
	case AMP_IOC_CREATE: return create(to);
	case AMP_IOC_OPEN: return open(to);
	default: return -ENOTTY;
	}
}

const struct file_operations amp_device_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
