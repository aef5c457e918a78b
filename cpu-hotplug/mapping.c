// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps guest memory page by page as it is touched; what is no memory faults with SIGBUS. Each mapping holds a reference to the
 * memory, so no page returns to Linux while a user can reach it. Called by mmap and by page faults; knows nothing of the
 * partition's state.
 */
#include <linux/mm.h>
#include "compat.h"
#include "mapping.h"

static void mapping_open(struct vm_area_struct *vma)
{
	amp_memory_get(vma->vm_private_data);
}

static void mapping_close(struct vm_area_struct *vma)
{
	amp_memory_put(vma->vm_private_data);
}

static vm_fault_t mapping_fault(struct vm_fault *fault)
{
	u64 pa;

	if (!amp_memory_pa(fault->vma->vm_private_data, (u64)fault->pgoff << PAGE_SHIFT, &pa))
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(fault->vma, fault->address, PHYS_PFN(pa));
}

static const struct vm_operations_struct mapping_operations = {
	.open = mapping_open,
	.close = mapping_close,
	.fault = mapping_fault,
};

/* Not by the life cycle's lock: a back end may map memory at the very moment in which a start waits for it. */
static struct amp_memory *get_memory(struct partition *p)
{
	struct amp_memory *memory;
	unsigned long flags;

	flags = amp_lock(&p->state_lock);
	memory = p->gone ? NULL : p->memory;
	if (memory)
		amp_memory_get(memory);
	amp_unlock(&p->state_lock, flags);
	return memory;
}

static bool range_good(const struct amp_memory *memory, u64 gpa, u64 size, enum amp_mapping_holes holes)
{
	if (holes == AMP_MAPPING_HOLES)
		return size <= AMP_GPA_LIMIT && gpa <= AMP_GPA_LIMIT - size;
	return amp_memory_holds(memory, gpa, size);
}

/* The mapping takes over the reference. */
static int map(struct amp_memory *memory, struct vm_area_struct *vma, enum amp_mapping_holes holes)
{
	u64 gpa = (u64)vma->vm_pgoff << PAGE_SHIFT;

	/* private copies of such pages are not possible (vmf_insert_pfn) */
	if (!(vma->vm_flags & VM_SHARED) || !range_good(memory, gpa, vma->vm_end - vma->vm_start, holes))
		return -EINVAL;
	WRITE_ONCE(memory->mapped, true);
	amp_vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &mapping_operations;
	vma->vm_private_data = memory;
	return 0;
}

int amp_mapping_create(struct partition *p, struct vm_area_struct *vma, enum amp_mapping_holes holes)
{
	struct amp_memory *memory = get_memory(p);
	int err;

	if (!memory)
		return -ENODEV;
	err = map(memory, vma, holes);
	if (err)
		amp_memory_put(memory);
	return err;
}
