/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the library and guests ask of the processor, for 64-bit guests. The include path decides between this file and the one of
 * the same name for 32-bit guests.
 */
#ifndef AMP_GUEST_ARCH_H
#define AMP_GUEST_ARCH_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
#define AMP_SYSREG_READ(name) \
    __extension__({ uint64_t value_; __asm__ volatile("mrs %0, " #name : "=r"(value_)); value_; })
#define AMP_SYSREG_WRITE(name, value) \
    do { uint64_t value_ = (value); __asm__ volatile("msr " #name ", %0" : : "r"(value_) : "memory"); } while (0)
/* A function body: `instruction` is hvc or smc. x4-x17 are changed by firmware of SMCCC 1.0, where there is no monitor. */
#define AMP_ARCH_CALL(instruction) \
    register uint64_t r0 __asm__("x0") = function; \
    register uint64_t r1 __asm__("x1") = x1; \
    register uint64_t r2 __asm__("x2") = x2; \
    register uint64_t r3 __asm__("x3") = x3; \
    __asm__ volatile(instruction " #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : \
        : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory"); \
    return (struct amp_call_result){r0, r1, r2, r3}
/* clang-format on */

/* A call number of amp/abi/hypercall.h as this guest may use it. */
#define AMP_ARCH_CALL_NUMBER(number) (number)

static inline uint64_t amp_arch_counter(void) { return AMP_SYSREG_READ(cntvct_el0); }
static inline uint64_t amp_arch_counter_frequency(void) { return AMP_SYSREG_READ(cntfrq_el0); }
static inline void amp_arch_set_timer(uint64_t deadline) { AMP_SYSREG_WRITE(cntv_cval_el0, deadline); }
static inline void amp_arch_control_timer(uint32_t control) { AMP_SYSREG_WRITE(cntv_ctl_el0, control); }

static inline void amp_arch_mask_irq(void) { __asm__ volatile("msr daifset, #2" : : : "memory"); }
static inline void amp_arch_unmask_irq(void) { __asm__ volatile("msr daifclr, #2" : : : "memory"); }

static inline uint64_t amp_arch_mpidr(void) { return AMP_SYSREG_READ(mpidr_el1); }
static inline void amp_arch_set_thread_pointer(uintptr_t value) { AMP_SYSREG_WRITE(tpidr_el0, value); }
/* AArch64 ELF ABI, TLS variant 1: the size of the thread control block in front of the thread's variables. */
#define AMP_ARCH_TCB_SIZE 16
/* A cached copy of the line at that address is thrown away. */
static inline void amp_arch_forget_line(const void *at) { __asm__ volatile("dc ivac, %0" : : "r"(at) : "memory"); }

/* The GICv3's system registers (IHI 0069, 12.2) */
static inline bool amp_arch_has_gicv3(void) { return (AMP_SYSREG_READ(id_aa64pfr0_el1) >> 24 & 0xf) != 0; }
static inline void amp_arch_write_icc_sre(uint32_t value) { AMP_SYSREG_WRITE(s3_0_c12_c12_5, value); }
static inline void amp_arch_write_icc_pmr(uint32_t value) { AMP_SYSREG_WRITE(s3_0_c4_c6_0, value); }
static inline void amp_arch_write_icc_bpr1(uint32_t value) { AMP_SYSREG_WRITE(s3_0_c12_c12_3, value); }
static inline void amp_arch_write_icc_igrpen1(uint32_t value) { AMP_SYSREG_WRITE(s3_0_c12_c12_7, value); }
static inline void amp_arch_write_icc_sgi1r(uint64_t value) { AMP_SYSREG_WRITE(s3_0_c12_c11_5, value); }
static inline uint32_t amp_arch_read_icc_iar1(void) { return AMP_SYSREG_READ(s3_0_c12_c12_0) & 0xffffffffu; }
static inline void amp_arch_write_icc_eoir1(uint32_t value) { AMP_SYSREG_WRITE(s3_0_c12_c12_1, value); }

/* A 32-bit register as operand 0 of an instruction */
#define AMP_ARCH_WORD0 "%w0"
static inline uint64_t amp_arch_read64(uintptr_t address)
{
    uint64_t value;
    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}
static inline void amp_arch_write64(uintptr_t address, uint64_t value)
{
    __asm__ volatile("str %0, [%1]" : : "r"(value), "r"(address) : "memory");
}

#endif
