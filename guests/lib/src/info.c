/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Finds out where the guest runs. The monitor is asked for by hypercall before anything at its addresses is touched, because
 * without it there may be nothing.
 */
#include "amp/guest/info.h"

#include <stddef.h>
#include <string.h>

#include "amp/guest/cpu.h"
#include "amp/guest/hypercall.h"
#include "internal.h"

/* QEMU's virt machine, which is also what the monitor shows unless the description says otherwise. */
#define VIRT_RAM 0x40000000

struct amp_platform amp_platform = {
    .name = "bare",
    .bootargs = "",
    .gicd = 0x08000000,
    .gicr = 0x080a0000,
    .gicc = 0x08010000,
    .console = 0x09000000,
    .console_intid = 33,
};

static void use_info_page(const struct amp_info_page *info)
{
    amp_platform.info = info;
    amp_platform.name = info->name;
    amp_platform.bootargs = info->bootargs;
    amp_platform.gic_version = info->gic_version;
    amp_platform.gicd = (uintptr_t)info->gicd_gpa;
    amp_platform.gicr = (uintptr_t)info->gicr_gpa;
    amp_platform.gicc = (uintptr_t)info->gicc_gpa;
    amp_platform.console = info->console_intid != 0 ? (uintptr_t)info->console_gpa : 0;
    amp_platform.console_intid = info->console_intid;
}

void amp_platform_find(uint64_t dtb)
{
    const struct amp_info_page *info = (const struct amp_info_page *)AMP_INFO_GPA;
    const char *bootargs;

    if (amp_hypercall_present() && info->magic == AMP_INFO_MAGIC && info->abi_major == AMP_ABI_MAJOR) {
        use_info_page(info);
        return;
    }
    amp_platform.gic_version = amp_arch_has_gicv3() ? 3 : 2;
    /* QEMU gives an ELF kernel no x0, but puts the device tree at the start of RAM. */
    bootargs = amp_fdt_bootargs((const void *)(uintptr_t)(dtb != 0 ? dtb : VIRT_RAM));
    if (bootargs != NULL)
        amp_platform.bootargs = bootargs;
}

/* The text behind the word `name`, NULL where there is none. */
static const char *find_bootarg(const char *name)
{
    size_t length = strlen(name);
    const char *word = amp_platform.bootargs;

    while (*word != '\0') {
        while (*word == ' ')
            word++;
        if (strncmp(word, name, length) == 0 && (word[length] == '\0' || word[length] == ' ' || word[length] == '='))
            return word + length;
        while (*word != '\0' && *word != ' ')
            word++;
    }
    return NULL;
}

bool amp_bootarg(const char *name)
{
    return find_bootarg(name) != NULL;
}

const char *amp_bootarg_text(const char *name)
{
    const char *text = find_bootarg(name);

    return text != NULL && *text == '=' ? text + 1 : NULL;
}

uint64_t amp_bootarg_number(const char *name, uint64_t otherwise)
{
    const char *text = find_bootarg(name);
    uint64_t value = 0;

    if (text == NULL || text[0] != '=' || text[1] < '0' || text[1] > '9')
        return otherwise;
    for (text++; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}
