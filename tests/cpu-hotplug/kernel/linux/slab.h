/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocations that a test can let fail, of exactly the size asked for. For module files that are tested on the host. */
#ifndef AMP_TESTS_KERNEL_SLAB_H
#define AMP_TESTS_KERNEL_SLAB_H

#include <stdlib.h>
#include <linux/types.h>

#define GFP_KERNEL 0u
#define __GFP_NOWARN 0u

void *rig_allocate(size_t size);

#define kmalloc(size, flags) ((void)(flags), rig_allocate(size))
#define kvmalloc(size, flags) ((void)(flags), rig_allocate(size))
#define kfree(data) free(data)
#define kvfree(data) free(data)

#endif
