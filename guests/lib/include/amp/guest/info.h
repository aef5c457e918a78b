/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the guest is told about itself: the monitor's info page where there is one; without a monitor (plain QEMU) the
 * addresses of QEMU's virt machine, and the boot arguments of its device tree.
 */
#ifndef AMP_GUEST_INFO_H
#define AMP_GUEST_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/abi/info_page.h"

#ifdef __cplusplus
extern "C" {
#endif

struct amp_platform {
    const struct amp_info_page *info; /* NULL: no monitor */
    const char *name;                 /* of the partition; "bare" without a monitor */
    const char *bootargs;
    uint32_t gic_version;
    uintptr_t gicd, gicr, gicc;
    uintptr_t console; /* 0: none */
    uint32_t console_intid;
};

/* Filled in before main. */
extern struct amp_platform amp_platform;

/* Boot arguments are words, separated by spaces: "stay", "hz=1000". */
bool amp_bootarg(const char *name);
/* The text behind "name=", which a space or the end of the string ends; NULL: there is none. */
const char *amp_bootarg_text(const char *name);
uint64_t amp_bootarg_number(const char *name, uint64_t otherwise);

#ifdef __cplusplus
}
#endif
#endif
