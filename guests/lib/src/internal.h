/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the library's files need of each other and guests do not. */
#ifndef AMP_GUEST_INTERNAL_H
#define AMP_GUEST_INTERNAL_H

#include <stdint.h>

/* Fills in amp_platform; dtb is x0 at the start. */
void amp_platform_find(uint64_t dtb);

/* /chosen/bootargs of a flattened device tree, or NULL. */
const char *amp_fdt_bootargs(const void *fdt);

#endif
