/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the library and guests ask of the processor, for 32-bit guests. The include path decides between this file and the one of
 * the same name for 64-bit guests.
 */
#ifndef AMP_GUEST_ARCH_H
#define AMP_GUEST_ARCH_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
/* Coprocessor registers by what stands in the instruction: AMP_CP_READ("p15, 0, %0, c0, c0, 5") */
#define AMP_CP_READ(operands) \
    __extension__({ uint32_t value_; __asm__ volatile("mrc " operands : "=r"(value_)); value_; })
#define AMP_CP_WRITE(operands, value) \
    do { uint32_t value_ = (value); __asm__ volatile("mcr " operands : : "r"(value_) : "memory"); } while (0)
/* 64-bit ones: AMP_CP_READ64("p15, 1, %Q0, %R0, c14") */
#define AMP_CP_READ64(operands) \
    __extension__({ uint64_t value_; __asm__ volatile("mrrc " operands : "=r"(value_)); value_; })
#define AMP_CP_WRITE64(operands, value) \
    do { uint64_t value_ = (value); __asm__ volatile("mcrr " operands : : "r"(value_) : "memory"); } while (0)
/* A function body: `instruction` is hvc or smc. The answer is a signed number of 32 bits. */
#define AMP_ARCH_CALL(instruction) \
    register uint32_t r0 __asm__("r0") = (uint32_t)function; \
    register uint32_t r1 __asm__("r1") = (uint32_t)x1; \
    register uint32_t r2 __asm__("r2") = (uint32_t)x2; \
    register uint32_t r3 __asm__("r3") = (uint32_t)x3; \
    __asm__ volatile(".arch_extension sec\n\t.arch_extension virt\n\t" instruction " #0" \
        : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "r12", "memory"); \
    return (struct amp_call_result){(uint64_t)(int32_t)r0, r1, r2, r3}
/* clang-format on */

/* A call number of amp/abi/hypercall.h as this guest may use it: 64-bit calls have 32-bit ones beside them (Arm DEN 0028). */
#define AMP_ARCH_CALL_NUMBER(number) ((number) & ~0x40000000u)

static inline uint64_t amp_arch_counter(void) { return AMP_CP_READ64("p15, 1, %Q0, %R0, c14"); }
static inline uint64_t amp_arch_counter_frequency(void) { return AMP_CP_READ("p15, 0, %0, c14, c0, 0"); }
static inline void amp_arch_set_timer(uint64_t deadline) { AMP_CP_WRITE64("p15, 3, %Q0, %R0, c14", deadline); }
static inline void amp_arch_control_timer(uint32_t control) { AMP_CP_WRITE("p15, 0, %0, c14, c3, 1", control); }

static inline void amp_arch_mask_irq(void) { __asm__ volatile("cpsid i" : : : "memory"); }
static inline void amp_arch_unmask_irq(void) { __asm__ volatile("cpsie i" : : : "memory"); }

static inline uint64_t amp_arch_mpidr(void) { return AMP_CP_READ("p15, 0, %0, c0, c0, 5"); }
static inline void amp_arch_set_thread_pointer(uintptr_t value) { AMP_CP_WRITE("p15, 0, %0, c13, c0, 3", value); }
/* ELF for the Arm Architecture, TLS: the size of the thread control block in front of the thread's variables. */
#define AMP_ARCH_TCB_SIZE 8
/* A cached copy of the line at that address is thrown away (DCIMVAC). */
static inline void amp_arch_forget_line(const void *at)
{
    AMP_CP_WRITE("p15, 0, %0, c7, c6, 1", (uint32_t)(uintptr_t)at);
}

/* The GICv3's system registers (IHI 0069, 12.5) */
static inline bool amp_arch_has_gicv3(void) { return AMP_CP_READ("p15, 0, %0, c0, c1, 1") >> 28 != 0; } /* ID_PFR1.GIC */
static inline void amp_arch_write_icc_sre(uint32_t value) { AMP_CP_WRITE("p15, 0, %0, c12, c12, 5", value); }
static inline void amp_arch_write_icc_pmr(uint32_t value) { AMP_CP_WRITE("p15, 0, %0, c4, c6, 0", value); }
static inline void amp_arch_write_icc_bpr1(uint32_t value) { AMP_CP_WRITE("p15, 0, %0, c12, c12, 3", value); }
static inline void amp_arch_write_icc_igrpen1(uint32_t value) { AMP_CP_WRITE("p15, 0, %0, c12, c12, 7", value); }
static inline void amp_arch_write_icc_sgi1r(uint64_t value) { AMP_CP_WRITE64("p15, 0, %Q0, %R0, c12", value); }
static inline uint32_t amp_arch_read_icc_iar1(void) { return AMP_CP_READ("p15, 0, %0, c12, c12, 0"); }
static inline void amp_arch_write_icc_eoir1(uint32_t value) { AMP_CP_WRITE("p15, 0, %0, c12, c12, 1", value); }

/* A 32-bit register as operand 0 of an instruction */
#define AMP_ARCH_WORD0 "%0"
/* Two accesses: LDRD could not be emulated, and the GIC's 64-bit registers have 32-bit halves for us (IHI 0069, 12.1.3). */
static inline uint64_t amp_arch_read64(uintptr_t address)
{
    uint32_t low, high;
    __asm__ volatile("ldr %0, [%1]" : "=r"(low) : "r"(address) : "memory");
    __asm__ volatile("ldr %0, [%1, #4]" : "=r"(high) : "r"(address) : "memory");
    return low | (uint64_t)high << 32;
}
static inline void amp_arch_write64(uintptr_t address, uint64_t value)
{
    __asm__ volatile("str %0, [%1]" : : "r"((uint32_t)value), "r"(address) : "memory");
    __asm__ volatile("str %0, [%1, #4]" : : "r"((uint32_t)(value >> 32)), "r"(address) : "memory");
}

#endif
