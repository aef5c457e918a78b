/* SPDX-License-Identifier: GPL-2.0-only */
/* Every difference between kernel versions, 5.10 and up. No other file looks at LINUX_VERSION_CODE. */
#ifndef AMP_COMPAT_H
#define AMP_COMPAT_H

#include <linux/device.h>
#include <linux/eventfd.h>
#include <linux/irq.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/version.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>
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

/* How many bytes from the end on can't be had; 0: all are there. */
static inline size_t amp_fault_in_writeable(char __user *at, size_t size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	return fault_in_writeable(at, size);
#else
	return fault_in_pages_writeable(at, size) ? size : 0;
#endif
}

static inline size_t amp_fault_in_readable(const char __user *at, size_t size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	return fault_in_readable(at, size);
#else
	return fault_in_pages_readable(at, size) ? size : 0;
#endif
}

/* Whether a handler is installed. */
static inline bool amp_irq_has_action(unsigned int irq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return irq_has_action(irq);
#else
	struct irq_desc *desc = irq_to_desc(irq); /* exported until 5.11 */

	return desc && irq_desc_has_action(desc);
#endif
}

/* Installs a handler and leaves the interrupt disabled, out of reach of whoever balances interrupts; for one that has none. */
static inline int amp_irq_request_disabled(unsigned int irq, irq_handler_t handler, const char *name, void *data)
{
	unsigned long flags = IRQF_NOBALANCING | IRQF_PROBE_SHARED; /* the latter: no message where somebody was faster */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
	return request_irq(irq, handler, flags | IRQF_NO_AUTOEN, name, data);
#else
	int err;

	irq_set_status_flags(irq, IRQ_NOAUTOEN);
	err = request_irq(irq, handler, flags, name, data);
	irq_clear_status_flags(irq, IRQ_NOAUTOEN);
	return err;
#endif
}

static inline void amp_irq_free_disabled(unsigned int irq, void *data)
{
	free_irq(irq, data);
	irq_clear_status_flags(irq, IRQ_NO_BALANCING); /* outlives the handler otherwise */
}

/*
 * Since 6.13 Linux writes MPAM's registers at EL2 on each core that has them, unless told otherwise (arm64.nompam), which
 * the sanitised register shows. On older kernels firmware that keeps them to itself has never been noticed.
 */
static inline bool amp_linux_uses_mpam(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	return (read_sanitised_ftr_reg(SYS_ID_AA64PFR0_EL1) >> ID_AA64PFR0_EL1_MPAM_SHIFT & 0xf) != 0;
#else
	return false;
#endif
}

#endif
