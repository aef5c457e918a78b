/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The guest's own translation tables: an identity map of 512 GiB, of which a 32-bit guest's tables (LPAE, with the same entries)
 * reach the first 4. Code is read-execute, constants read-only, the rest of RAM
 * read-write; the channels' window Normal memory like RAM, everything else Device. Built once with the MMU off, by start.S.
 */
#include <stddef.h>
#include <stdint.h>

#include "amp/abi/info_page.h"
#include "amp/guest/arch.h"

#define GIB 0x40000000ull
#define BLOCK 0x200000ull
#define ENTRIES 512

/* Arm ARM, D8.3: descriptor bits */
#define TABLE 0x3ull
#define BLOCK_ENTRY 0x1ull
#define PAGE_ENTRY 0x3ull
#define DEVICE (0ull << 2) /* MAIR attribute 0 */
#define NORMAL (1ull << 2) /* MAIR attribute 1 */
#define READ_ONLY (1ull << 7)
#define INNER_SHAREABLE (3ull << 8)
#define ACCESSED (1ull << 10)
#define NO_EXECUTE ((1ull << 53) | (1ull << 54))

#define MAP_DEVICE (DEVICE | ACCESSED | NO_EXECUTE)
#define MAP_DATA (NORMAL | INNER_SHAREABLE | ACCESSED | NO_EXECUTE)
#define MAP_CONST (MAP_DATA | READ_ONLY)
#define MAP_CODE (NORMAL | INNER_SHAREABLE | ACCESSED | READ_ONLY)

#define TABLE_MEMORY __attribute__((section(".tables"), aligned(4096)))
uint64_t amp_mmu_level1[ENTRIES] TABLE_MEMORY;
static uint64_t level2_low[ENTRIES] TABLE_MEMORY;   /* the first GiB: devices and channels */
static uint64_t level2_ram[ENTRIES] TABLE_MEMORY;   /* RAM */
static uint64_t level3_image[ENTRIES] TABLE_MEMORY; /* the 2 MiB of RAM with the guest's image */

/* Attribute 0: Device-nGnRE; 1: Normal, write-back, allocating. */
const uint64_t amp_mmu_mair = 0xff04;
/* 39-bit addresses, 4 KiB granule, walks cacheable and inner shareable, 40-bit output, no TTBR1. */
const uint64_t amp_mmu_tcr = 25 | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23) | (2ull << 32);

/* linker script */
extern char amp_text_start[], amp_text_end[], amp_rodata_end[];

void amp_mmu_build(void);

static uint64_t image_page(uint64_t address)
{
    if (address >= (uintptr_t)amp_text_start && address < (uintptr_t)amp_text_end)
        return address | PAGE_ENTRY | MAP_CODE;
    if (address >= (uintptr_t)amp_text_end && address < (uintptr_t)amp_rodata_end)
        return address | PAGE_ENTRY | MAP_CONST;
    return address | PAGE_ENTRY | MAP_DATA;
}

static uint64_t low_block(uint64_t address)
{
    if (address >= AMP_INFO_GPA && address < AMP_CHANNEL_GPA_END)
        return address | BLOCK_ENTRY | MAP_DATA;
    return address | BLOCK_ENTRY | MAP_DEVICE;
}

/* Our stores went past the cache; a line that was in it from before must not hide them from the table walker. */
static void forget_cached(const uint64_t *table)
{
    for (size_t i = 0; i < ENTRIES; i += 4)
        amp_arch_forget_line(&table[i]);
}

void amp_mmu_build(void)
{
    uint64_t image = (uintptr_t)amp_text_start & ~(BLOCK - 1);
    uint64_t ram = image & ~(GIB - 1);

    for (uint64_t i = 0; i < ENTRIES; i++) {
        amp_mmu_level1[i] = i * GIB | BLOCK_ENTRY | MAP_DEVICE;
        level2_low[i] = low_block(i * BLOCK);
        level2_ram[i] = (ram + i * BLOCK) | BLOCK_ENTRY | MAP_DATA;
        level3_image[i] = image_page(image + i * AMP_PAGE_SIZE);
    }
    amp_mmu_level1[0] = (uintptr_t)level2_low | TABLE;
    amp_mmu_level1[ram / GIB] = (uintptr_t)level2_ram | TABLE;
    level2_ram[(image - ram) / BLOCK] = (uintptr_t)level3_image | TABLE;

    forget_cached(amp_mmu_level1);
    forget_cached(level2_low);
    forget_cached(level2_ram);
    forget_cached(level3_image);
    __asm__ volatile("dsb sy" : : : "memory");
}
