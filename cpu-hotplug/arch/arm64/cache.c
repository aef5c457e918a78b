// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache maintenance for memory that is about to be read with caches off: the monitor's first instructions and the guest's.
 * By instructions rather than by the kernel's helpers, of which none that cleans and invalidates is exported.
 */
#include <asm/barrier.h>
#include <asm/cacheflush.h>
#include <asm/sysreg.h>
#include "arch/arch.h"

/* CTR_EL0.DminLine: log2 of the words in the smallest data cache line of all cores (Arm ARM D19.2.34) */
static size_t line_size(void)
{
	return 4ul << (read_sysreg(ctr_el0) >> 16 & 0xf);
}

void amp_arch_cache_flush(const void *start, size_t size)
{
	size_t line = line_size();
	unsigned long at = (unsigned long)start & ~(line - 1);
	unsigned long end = (unsigned long)start + size;

	for (; at < end; at += line)
		asm volatile("dc civac, %0" : : "r"(at) : "memory");
	dsb(sy); /* before CPU_ON or a kick tells the reader; partner: the reader starts with empty caches */
}

void amp_arch_icache_flush(void)
{
	asm volatile("ic ialluis" : : : "memory");
	dsb(ish);
	isb();
}
