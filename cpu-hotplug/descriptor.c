// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks a partition descriptor that user space handed over. Called once per CREATE on a private copy; the answer depends on
 * the bytes and the limits alone. Sizes are compared before they are added or multiplied, so that nothing wraps.
 */
#include "descriptor_check.h"

#define PA_LIMIT (1ull << 48)
#define AARCH32_LIMIT (1ull << 32) /* a 32-bit guest starts without translation */
#define GICV3_ALIGN 0x10000ull
#define AFFINITY_BITS 0xff00ffffffull /* MPIDR_EL1.Aff3 and Aff2-Aff0 */
#define ALL_ACCESS (AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE)
#define ARRAYS 5
#define WINDOWS 5
#define WHOLE 0xffffffffu /* report.index: not an element of an array */

struct window {
	uint64_t start, size;
};

/* Both are known not to wrap. */
static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static bool range_good(uint64_t start, uint64_t size, uint64_t align_mask, uint64_t limit)
{
	return size && size <= limit && start <= limit - size && !((start | size) & align_mask);
}

bool amp_name_valid(const char name[AMP_NAME_SIZE])
{
	bool ended = false;
	int i;

	if (name[0] < 'a' || name[0] > 'z' || name[AMP_NAME_SIZE - 1])
		return false;
	for (i = 1; i < AMP_NAME_SIZE; i++) {
		char ch = name[i];

		if (ended ? ch != 0 : ch && ch != '-' && !(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9'))
			return false;
		ended |= !ch;
	}
	return true;
}

static int check_reserved(const struct checker *c)
{
	unsigned int i;

	for (i = 0; i < sizeof(c->d->reserved) / sizeof(c->d->reserved[0]); i++)
		if (c->d->reserved[i])
			return bad(c, AMP_STATUS_BAD_RESERVED,
				   (uint32_t)(offsetof(struct amp_partition, reserved) + 8 * i), c->d->reserved[i]);
	return 0;
}

static int check_header(const struct checker *c)
{
	const struct amp_partition *d = c->d;

	if (c->size < sizeof(*d) || c->size > AMP_PARTITION_SIZE_MAX)
		return bad(c, AMP_STATUS_BAD_SIZE, WHOLE, c->size);
	if (d->magic != AMP_PARTITION_MAGIC)
		return bad(c, AMP_STATUS_BAD_MAGIC, 0, d->magic);
	if (d->abi_major != AMP_ABI_MAJOR)
		return bad(c, AMP_STATUS_BAD_VERSION, 0, d->abi_major);
	if (d->size != c->size)
		return bad(c, AMP_STATUS_BAD_SIZE, WHOLE, d->size);
	if (d->flags & ~AMP_PARTITION_FLAGS)
		return bad(c, AMP_STATUS_BAD_FLAGS, 0, d->flags & ~AMP_PARTITION_FLAGS);
	if (!amp_name_valid(d->name) || !strcmp(d->name, "dom0"))
		return bad(c, AMP_STATUS_BAD_NAME, 0, 0);
	if (!d->id)
		return bad(c, AMP_STATUS_BAD_ID, 0, 0);
	return check_reserved(c);
}

/* All arrays, an absent one (0, 0) excepted, lie inside the blob, behind the header, and apart from each other. */
static int check_arrays(const struct checker *c)
{
	const struct amp_partition *d = c->d;
	const struct {
		uint32_t offset, count, min, max;
		uint64_t element;
	} a[ARRAYS] = {
		{ d->core_offset, d->core_count, 1, 1, sizeof(struct amp_core) },
		{ d->region_offset, d->region_count, 1, AMP_REGIONS_MAX, sizeof(struct amp_region) },
		{ d->irq_offset, d->irq_count, 0, AMP_IRQS_MAX, sizeof(struct amp_irq) },
		{ d->channel_offset, d->channel_count, 0, AMP_CHANNELS_MAX, sizeof(struct amp_channel) },
		{ d->virtio_offset, d->virtio_count, 0, AMP_VIRTIO_MAX, sizeof(struct amp_virtio) },
	};
	uint32_t i, j;

	for (i = 0; i < ARRAYS; i++) {
		if (!a[i].min && !a[i].count && !a[i].offset)
			continue;
		if (a[i].count < a[i].min || a[i].count > a[i].max || a[i].offset % 8 || a[i].offset < sizeof(*d) ||
		    a[i].offset > c->size || a[i].count * a[i].element > c->size - a[i].offset)
			return bad(c, AMP_STATUS_BAD_SIZE, i, a[i].offset);
		for (j = 0; j < i; j++)
			if (overlap(a[i].offset, a[i].count * a[i].element, a[j].offset, a[j].count * a[j].element))
				return bad(c, AMP_STATUS_BAD_SIZE, i, a[i].offset);
	}
	return 0;
}

static int check_core(const struct checker *c)
{
	const struct amp_core *core = amp_descriptor_cores(c->d);

	if (core->pad)
		return bad(c, AMP_STATUS_BAD_RESERVED, c->d->core_offset + 4, core->pad);
	if (core->mpidr & ~AFFINITY_BITS)
		return bad(c, AMP_STATUS_BAD_CORE, core->cpu, core->mpidr);
	return 0;
}

/* Which physical address a region of each kind may name, and what a guest may do there. */
static bool kind_good(const struct amp_region *r, uint32_t channel_count)
{
	switch (r->kind) {
	case AMP_REGION_MEMORY:
		return !r->pa && !r->channel;
	case AMP_REGION_FIXED:
		return range_good(r->pa, r->size, PAGE_MASK_BITS, PA_LIMIT) && !r->channel;
	case AMP_REGION_DEVICE:
		return range_good(r->pa, r->size, PAGE_MASK_BITS, PA_LIMIT) && !r->channel &&
		       !(r->access & AMP_ACCESS_EXECUTE);
	case AMP_REGION_CHANNEL:
		return !r->pa && r->channel < channel_count && !(r->access & AMP_ACCESS_EXECUTE);
	default:
		return false;
	}
}

static bool has_pa(const struct amp_region *r)
{
	return r->kind == AMP_REGION_FIXED || r->kind == AMP_REGION_DEVICE;
}

static int check_region_pair(const struct checker *c, uint32_t i, uint32_t j)
{
	const struct amp_region *r = amp_descriptor_regions(c->d) + i, *other = amp_descriptor_regions(c->d) + j;

	if (overlap(r->gpa, r->size, other->gpa, other->size))
		return bad(c, AMP_STATUS_REGION_OVERLAP, i, other->gpa);
	if (has_pa(r) && has_pa(other) && overlap(r->pa, r->size, other->pa, other->size))
		return bad(c, AMP_STATUS_REGION_OVERLAP, i, other->pa);
	return 0;
}

static int check_regions(const struct checker *c)
{
	const struct amp_region *r = amp_descriptor_regions(c->d);
	uint32_t i, j;
	int err;

	for (i = 0; i < c->d->region_count; i++) {
		if (r[i].pad)
			return bad(c, AMP_STATUS_BAD_RESERVED, (uint32_t)(c->d->region_offset + i * sizeof(*r) + 36), r[i].pad);
		if (!range_good(r[i].gpa, r[i].size, PAGE_MASK_BITS, AMP_GPA_LIMIT) || (r[i].access & ~ALL_ACCESS) ||
		    !(r[i].access & AMP_ACCESS_READ) || !kind_good(&r[i], c->d->channel_count))
			return bad(c, AMP_STATUS_BAD_REGION, i, r[i].gpa);
		for (j = 0; j < i; j++) {
			err = check_region_pair(c, i, j);
			if (err)
				return err;
		}
	}
	return 0;
}

/* The guest-physical windows that the monitor emulates; size 0 where the partition has none. */
static void find_windows(const struct amp_partition *d, struct window w[WINDOWS])
{
	bool v3 = d->gic_version == 3;

	w[0] = (struct window){ d->gicd_gpa, v3 ? 0x10000 : 0x1000 };
	w[1] = (struct window){ d->gicr_gpa, v3 ? 0x20000 : 0 };
	w[2] = (struct window){ d->gicc_gpa, v3 ? 0 : 0x2000 };
	w[3] = (struct window){ d->console_gpa, d->flags & AMP_PARTITION_CONSOLE ? 0x1000 : 0 };
	w[4] = (struct window){ d->virtio_gpa, d->virtio_gpa ? AMP_VIRTIO_WINDOW : 0 };
}

static int check_window(const struct checker *c, const struct window w[WINDOWS], int i)
{
	const struct amp_region *r = amp_descriptor_regions(c->d);
	bool frame = c->d->gic_version == 3 && i < 2;
	uint32_t n;
	int j;

	if (!w[i].size)
		return w[i].start ? bad(c, AMP_STATUS_BAD_PLATFORM, 0, w[i].start) : 0;
	if (!range_good(w[i].start, w[i].size, frame ? GICV3_ALIGN - 1 : PAGE_MASK_BITS, AMP_GPA_LIMIT))
		return bad(c, AMP_STATUS_BAD_PLATFORM, 0, w[i].start);
	for (j = 0; j < i; j++)
		if (overlap(w[i].start, w[i].size, w[j].start, w[j].size))
			return bad(c, AMP_STATUS_BAD_PLATFORM, 0, w[i].start);
	for (n = 0; n < c->d->region_count; n++)
		if (overlap(w[i].start, w[i].size, r[n].gpa, r[n].size))
			return bad(c, AMP_STATUS_REGION_OVERLAP, n, w[i].start);
	return 0;
}

static int check_platform(const struct checker *c)
{
	struct window w[WINDOWS];
	int i, err = 0;

	if (c->d->gic_version != c->limits->gic_version)
		return bad(c, AMP_STATUS_BAD_PLATFORM, 0, c->d->gic_version);
	find_windows(c->d, w);
	for (i = 0; i < WINDOWS && !err; i++)
		err = check_window(c, w, i);
	return err;
}

bool amp_check_take_intid(struct checker *c, uint32_t intid)
{
	if (intid < FIRST_SPI || intid >= AMP_INTID_LIMIT || c->intids[intid / 32] >> intid % 32 & 1)
		return false;
	c->intids[intid / 32] |= 1u << intid % 32;
	return true;
}

static int check_irq(struct checker *c, uint32_t i)
{
	const struct amp_irq *irq = amp_descriptor_irqs(c->d);
	uint32_t j;

	if (irq[i].pad)
		return bad(c, AMP_STATUS_BAD_RESERVED, (uint32_t)(c->d->irq_offset + i * sizeof(*irq) + 12), irq[i].pad);
	if (irq[i].flags & ~AMP_IRQ_LEVEL)
		return bad(c, AMP_STATUS_BAD_FLAGS, i, irq[i].flags);
	if (irq[i].intid < FIRST_SPI || irq[i].intid >= c->limits->intid_limit || irq[i].intid == c->d->doorbell_intid ||
	    !amp_check_take_intid(c, irq[i].guest_intid))
		return bad(c, AMP_STATUS_BAD_IRQ, i, irq[i].intid);
	for (j = 0; j < i; j++)
		if (irq[j].intid == irq[i].intid)
			return bad(c, AMP_STATUS_BAD_IRQ, i, irq[i].intid);
	return 0;
}

static int check_interrupts(struct checker *c)
{
	const struct amp_partition *d = c->d;
	bool console = d->flags & AMP_PARTITION_CONSOLE;
	uint32_t i;
	int err = 0;

	if (d->doorbell_intid < FIRST_SPI || d->doorbell_intid >= c->limits->intid_limit)
		return bad(c, AMP_STATUS_BAD_IRQ, WHOLE, d->doorbell_intid);
	if (console ? !amp_check_take_intid(c, d->console_intid) : d->console_intid != 0)
		return bad(c, AMP_STATUS_BAD_IRQ, WHOLE, d->console_intid);
	for (i = 0; i < d->irq_count && !err; i++)
		err = check_irq(c, i);
	return err;
}

static bool memory_at(const struct amp_partition *d, uint64_t gpa, uint32_t access)
{
	const struct amp_region *r = amp_descriptor_regions(d);
	uint32_t i;

	for (i = 0; i < d->region_count; i++)
		if ((r[i].kind == AMP_REGION_MEMORY || r[i].kind == AMP_REGION_FIXED) && (r[i].access & access) == access &&
		    gpa >= r[i].gpa && gpa - r[i].gpa < r[i].size)
			return true;
	return false;
}

static int check_entry(const struct checker *c)
{
	const struct amp_partition *d = c->d;
	const uint64_t limit = d->flags & AMP_PARTITION_AARCH32 ? AARCH32_LIMIT : AMP_GPA_LIMIT;

	if (d->entry % 4 || d->entry >= limit || !memory_at(d, d->entry, AMP_ACCESS_EXECUTE))
		return bad(c, AMP_STATUS_BAD_ENTRY, 0, d->entry);
	if (d->dtb_gpa && (d->dtb_gpa % 8 || d->dtb_gpa >= limit || !memory_at(d, d->dtb_gpa, AMP_ACCESS_READ)))
		return bad(c, AMP_STATUS_BAD_ENTRY, 1, d->dtb_gpa);
	return 0;
}

int amp_descriptor_check(const void *blob, size_t size, const struct amp_descriptor_limits *limits,
			 struct amp_report *report)
{
	struct checker c = { (const struct amp_partition *)blob, size, limits, report, { 0 } };
	int err = check_header(&c);

	if (!err)
		err = check_arrays(&c);
	if (!err)
		err = check_core(&c);
	if (!err)
		err = check_regions(&c);
	if (!err)
		err = check_platform(&c);
	if (!err)
		err = check_interrupts(&c);
	if (!err)
		err = amp_check_channels(&c);
	if (!err)
		err = amp_check_virtio(&c);
	if (!err)
		err = check_entry(&c);
	return err;
}
