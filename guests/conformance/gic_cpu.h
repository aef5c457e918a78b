/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef CONFORMANCE_GIC_CPU_H
#define CONFORMANCE_GIC_CPU_H

/* The CPU interface open for everything, no priority active, EOImode 0. */
void gic_cpu_reset(void);

#endif
