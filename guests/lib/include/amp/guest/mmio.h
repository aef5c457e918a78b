/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Device registers. Plain single instructions with a base register and no write-back, the only form that a hypervisor can
 * always emulate (Arm ARM, ISS encoding for a Data Abort: ISV).
 */
#ifndef AMP_GUEST_MMIO_H
#define AMP_GUEST_MMIO_H

#include <stdint.h>

#include "amp/guest/arch.h"

static inline uint32_t amp_mmio_read32(uintptr_t address)
{
    uint32_t value;
    __asm__ volatile("ldr " AMP_ARCH_WORD0 ", [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline uint8_t amp_mmio_read8(uintptr_t address)
{
    uint32_t value;
    __asm__ volatile("ldrb " AMP_ARCH_WORD0 ", [%1]" : "=r"(value) : "r"(address) : "memory");
    return (uint8_t)value;
}

static inline uint16_t amp_mmio_read16(uintptr_t address)
{
    uint32_t value;
    __asm__ volatile("ldrh " AMP_ARCH_WORD0 ", [%1]" : "=r"(value) : "r"(address) : "memory");
    return (uint16_t)value;
}

/* 64 bits: in a 32-bit guest two accesses, the lower half first. */
static inline uint64_t amp_mmio_read64(uintptr_t address)
{
    return amp_arch_read64(address);
}

static inline void amp_mmio_write32(uintptr_t address, uint32_t value)
{
    __asm__ volatile("str " AMP_ARCH_WORD0 ", [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline void amp_mmio_write8(uintptr_t address, uint8_t value)
{
    __asm__ volatile("strb " AMP_ARCH_WORD0 ", [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline void amp_mmio_write16(uintptr_t address, uint16_t value)
{
    __asm__ volatile("strh " AMP_ARCH_WORD0 ", [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline void amp_mmio_write64(uintptr_t address, uint64_t value)
{
    amp_arch_write64(address, value);
}

#endif
