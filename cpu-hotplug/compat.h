/* SPDX-License-Identifier: GPL-2.0-only */
/* Every difference between kernel versions, 5.10 and up. No other file looks at LINUX_VERSION_CODE. */
#ifndef AMP_COMPAT_H
#define AMP_COMPAT_H

#include <linux/device.h>
#include <linux/eventfd.h>
#include <linux/irq.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

static inline struct class *amp_class_create(const char *name)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(name);
#else
	return class_create(THIS_MODULE, name);
#endif
}

static inline void amp_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

static inline void amp_vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

/* Whether a handler is installed; kernels before 5.11 don't tell, the monitor finds out on its first instruction there. */
static inline bool amp_irq_has_action(unsigned int irq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return irq_has_action(irq);
#else
	return true;
#endif
}

#endif
