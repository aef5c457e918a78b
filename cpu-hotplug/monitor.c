// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries the monitor: unpacks and checks the embedded image, gives each partition a copy with room for its page tables, and fills in
 * what the copy reads at its start (amp/abi/boot_info.h). Called by creation and by every start; never runs what it carries.
 */
#define pr_fmt(fmt) "amp: " fmt
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/zlib.h>
#include "arch/arch.h"
#include "compat.h"
#include "host.h"
#include "monitor.h"
#include "pages.h"
#include "partition.h"
#include "virtio.h"

/* Stream memory with its header; the capacity is the largest power of two that fits behind it. */
#define LOG_SIZE SZ_16K
#define CONSOLE_OUT_SIZE SZ_64K
#define CONSOLE_IN_SIZE SZ_4K

extern const char amp_monitor_packed[], amp_monitor_packed_end[];

static void *unpacked; /* as every start copies it */
static size_t unpacked_size;

static const struct amp_monitor_header *header(void)
{
	return unpacked;
}

/* RFC 1952 2.3: the trailer is CRC32, then the size of what was packed; the kernel's inflate stops before it. */
static int __init unpack(void)
{
	size_t packed_size = amp_monitor_packed_end - amp_monitor_packed;

	if (packed_size < 8)
		return -ENOEXEC;
	unpacked_size = get_unaligned_le32(amp_monitor_packed_end - 4);
	if (unpacked_size < sizeof(struct amp_monitor_header) || unpacked_size > AMP_CONTIGUOUS_MAX)
		return -ENOEXEC;
	unpacked = kvmalloc(unpacked_size, GFP_KERNEL);
	if (!unpacked)
		return -ENOMEM;
	if (zlib_inflate_blob(unpacked, unpacked_size, amp_monitor_packed, packed_size) != unpacked_size)
		return -ENOEXEC;
	return 0;
}

static int __init check(void)
{
	const struct amp_monitor_header *h = header();

	if (h->magic != AMP_MONITOR_MAGIC || h->abi_major != AMP_ABI_MAJOR || h->file_size != unpacked_size ||
	    h->memory_size < h->file_size || h->memory_size > AMP_CONTIGUOUS_MAX || !PAGE_ALIGNED(h->memory_size))
		return -ENOEXEC;
	return 0;
}

int __init amp_monitor_init(void)
{
	int err = unpack();

	if (!err)
		err = check();
	if (err == -ENOEXEC)
		pr_err("the embedded monitor is not one of ABI version %u; build the module again\n", AMP_ABI_MAJOR);
	if (err)
		amp_monitor_exit();
	return err;
}

void amp_monitor_exit(void)
{
	kvfree(unpacked);
}

u64 amp_monitor_memory(void)
{
	return header()->memory_size;
}

/* ---- pages shared with the module ---- */

static size_t page_sizes(const struct partition *p, size_t size[8])
{
	size[0] = PAGE_SIZE;
	size[1] = PAGE_ALIGN(p->spec_size);
	size[2] = size[3] = size[4] = PAGE_SIZE;
	size[5] = LOG_SIZE;
	size[6] = CONSOLE_OUT_SIZE;
	size[7] = CONSOLE_IN_SIZE;
	return 8;
}

static void page_places(struct amp_monitor_pages *m, void **place[8])
{
	place[0] = (void **)&m->boot;
	place[1] = (void **)&m->descriptor;
	place[2] = (void **)&m->mailbox;
	place[3] = (void **)&m->stats;
	place[4] = (void **)&m->exit_record;
	place[5] = (void **)&m->log;
	place[6] = (void **)&m->console_out;
	place[7] = (void **)&m->console_in;
}

static u32 capacity_of(size_t size)
{
	return rounddown_pow_of_two(size - sizeof(struct amp_stream));
}

static void set_capacities(struct amp_monitor_pages *m)
{
	m->log->capacity = m->log_capacity = capacity_of(LOG_SIZE);
	m->console_out->capacity = m->console_out_capacity = capacity_of(CONSOLE_OUT_SIZE);
	m->console_in->capacity = m->console_in_capacity = capacity_of(CONSOLE_IN_SIZE);
}

int amp_monitor_take_pages(struct partition *p, struct amp_report *report)
{
	size_t size[8], count = page_sizes(p, size), i;
	void **place[8];

	page_places(&p->pages, place);
	for (i = 0; i < count; i++) {
		*place[i] = amp_pages_take(size[i]);
		if (!*place[i]) {
			amp_monitor_give_pages(p);
			return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, size[i]);
		}
		p->pages.bytes += size[i];
	}
	set_capacities(&p->pages);
	return 0;
}

void amp_monitor_give_pages(struct partition *p)
{
	size_t size[8], count = page_sizes(p, size), i;
	void **place[8];

	page_places(&p->pages, place);
	for (i = 0; i < count; i++) {
		if (*place[i])
			p->pages.bytes -= size[i];
		amp_pages_give(*place[i], size[i]);
		*place[i] = NULL;
	}
}

/* ---- the monitor's own memory ---- */

int amp_monitor_take_image(struct partition *p, struct amp_report *report)
{
	u64 tables = AMP_STAGE1_TABLES + amp_memory_stage2_tables(p->memory, p->spec);
	u64 size = header()->memory_size + tables * AMP_PAGE_SIZE;

	p->pages.image = amp_pages_take(size);
	if (!p->pages.image)
		return amp_fail(report, -ENOMEM, AMP_STATUS_OUT_OF_MEMORY, 0, size);
	p->pages.image_size = size;
	p->pages.bytes += size;
	return 0;
}

void amp_monitor_give_image(struct partition *p)
{
	memset(p->pages.image, 0, p->pages.image_size);
	amp_pages_give(p->pages.image, p->pages.image_size);
	p->pages.bytes -= p->pages.image_size;
	p->pages.image = NULL;
}

/* ---- before a start ---- */

static struct amp_area area(const void *start, size_t size)
{
	return (struct amp_area){ .pa = virt_to_phys(start), .size = size };
}

static void fill_boot_info(struct partition *p)
{
	struct amp_monitor_pages *m = &p->pages;

	*m->boot = (struct amp_boot_info){
		.magic = AMP_BOOT_INFO_MAGIC,
		.abi_major = AMP_ABI_MAJOR,
		.abi_minor = AMP_ABI_MINOR,
		.size = sizeof(*m->boot),
		.slot = p->slot,
		.mpidr = p->core.mpidr,
		.monitor = area(m->image, m->image_size),
		.descriptor = area(m->descriptor, PAGE_ALIGN(p->spec_size)),
		.extents = area(p->memory->extents, p->memory->extents_size),
		.mailbox = area(m->mailbox, PAGE_SIZE),
		.stats = area(m->stats, PAGE_SIZE),
		.exit_record = area(m->exit_record, PAGE_SIZE),
		.log = area(m->log, LOG_SIZE),
		.console_out = area(m->console_out, CONSOLE_OUT_SIZE),
		.console_in = area(m->console_in, CONSOLE_IN_SIZE),
		.slots = { .pa = amp_partition_slots_pa(), .size = PAGE_SIZE },
		.extent_count = p->memory->extent_count,
		.gic_version = amp_host.gic_version,
		.gicd = amp_host.gicd,
		.gicr = p->core.gicr,
		.gicc = amp_host.gicc,
		.gich = amp_host.gich,
		.gicv = amp_host.gicv,
		.kick_sgi = amp_host.kick_sgi,
		.maintenance_intid = amp_host.maintenance_intid,
		.virtual_timer_intid = amp_host.virtual_timer_intid,
		.physical_timer_intid = amp_host.physical_timer_intid,
		.pmu_intid = amp_host.pmu_intid,
		.flags = amp_linux_uses_mpam() ? AMP_BOOT_MPAM : 0,
	};
}

static void copy_image(struct amp_monitor_pages *m)
{
	memcpy(m->image, unpacked, unpacked_size);
	memset(m->image + unpacked_size, 0, m->image_size - unpacked_size);
	amp_arch_cache_flush(m->image, m->image_size);
}

/* The streams go on: log and console keep what earlier starts left. Input that nobody read is not the new guest's. */
static void reset_shared(struct partition *p)
{
	struct amp_monitor_pages *m = &p->pages;

	memset(m->stats, 0, sizeof(*m->stats));
	memset(m->exit_record, 0, sizeof(*m->exit_record));
	m->mailbox->wanted = AMP_WANT_RUN;
	m->mailbox->ack_seq = m->mailbox->request_seq;
	m->mailbox->state = AMP_MONITOR_OFF;
	m->mailbox->boot_status = AMP_STATUS_OK;
	m->mailbox->console_in_taken = (u32)m->console_in->written;
	m->mailbox->outbox = 0;
	m->mailbox->channel_outbox = 0;
	amp_virtio_reset(p);
}

void amp_monitor_prepare(struct partition *p)
{
	size_t size[8], count = page_sizes(p, size), i;
	void **place[8];

	memcpy(p->pages.descriptor, p->spec, p->spec_size);
	reset_shared(p);
	fill_boot_info(p);
	copy_image(&p->pages);
	page_places(&p->pages, place);
	for (i = 0; i < count; i++)
		amp_arch_cache_flush(*place[i], size[i]);
	amp_arch_cache_flush(p->memory->extents, p->memory->extents_size);
	amp_arch_cache_flush(phys_to_virt(amp_partition_slots_pa()), PAGE_SIZE);
	amp_arch_icache_flush();
}

void amp_monitor_refresh(struct partition *p)
{
	amp_arch_cache_flush(p->pages.mailbox, sizeof(*p->pages.mailbox));
}
