/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest memory in a user's address space. */
#ifndef AMP_MAPPING_H
#define AMP_MAPPING_H

#include "partition.h"

/* Whether a mapping may reach where no memory is. */
enum amp_mapping_holes { AMP_MAPPING_NO_HOLES, AMP_MAPPING_HOLES };

/* mmap of a partition at offset gpa. The mapping keeps the memory, also past the partition's end. */
int amp_mapping_create(struct partition *p, struct vm_area_struct *vma, enum amp_mapping_holes holes);
/* A descriptor for nothing but that; an ERR_PTR. */
struct file *amp_mapping_open(struct partition *p);

#endif
