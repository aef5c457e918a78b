/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The check of a partition descriptor: a pure function over bytes. Compiled into the module and, for tests and fuzzing, on
 * the host; the two includes below are all that differs.
 */
#ifndef AMP_DESCRIPTOR_H
#define AMP_DESCRIPTOR_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#endif
#include "amp/abi/partition.h"
#include "amp/abi/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What of the machine limits a descriptor. */
struct amp_descriptor_limits {
	uint32_t gic_version;
	uint32_t intid_limit; /* physical SPIs are below */
};

/*
 * 0 when the blob of `size` bytes (8-byte aligned) is a descriptor that all other code may walk without a further check;
 * else -EINVAL, with what is wrong in the report. What the live system says (cores, memory, peers) is not asked here.
 */
int amp_descriptor_check(const void *blob, size_t size, const struct amp_descriptor_limits *limits,
			 struct amp_report *report);

/* Whether a name is [a-z][a-z0-9-]*, terminated, with nothing behind its end. */
bool amp_name_valid(const char name[AMP_NAME_SIZE]);

static inline const void *amp_descriptor_array(const struct amp_partition *d, uint32_t offset)
{
	return (const uint8_t *)d + offset;
}

static inline const struct amp_core *amp_descriptor_cores(const struct amp_partition *d)
{
	return (const struct amp_core *)amp_descriptor_array(d, d->core_offset);
}

static inline const struct amp_region *amp_descriptor_regions(const struct amp_partition *d)
{
	return (const struct amp_region *)amp_descriptor_array(d, d->region_offset);
}

static inline const struct amp_irq *amp_descriptor_irqs(const struct amp_partition *d)
{
	return (const struct amp_irq *)amp_descriptor_array(d, d->irq_offset);
}

static inline const struct amp_channel *amp_descriptor_channels(const struct amp_partition *d)
{
	return (const struct amp_channel *)amp_descriptor_array(d, d->channel_offset);
}

static inline const struct amp_virtio *amp_descriptor_virtio(const struct amp_partition *d)
{
	return (const struct amp_virtio *)amp_descriptor_array(d, d->virtio_offset);
}

#ifdef __cplusplus
}
#endif
#endif
