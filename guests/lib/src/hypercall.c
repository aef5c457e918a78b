/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* HVC and SMC, and the few calls that every guest makes. */
#include "amp/guest/hypercall.h"

#include "amp/guest/cpu.h"
#include "amp/guest/exception.h"

/* x4-x17 are listed as changed because firmware of SMCCC 1.0 may answer, where there is no monitor. */
/* clang-format off */
#define CALL(instruction) \
    register uint64_t r0 __asm__("x0") = function; \
    register uint64_t r1 __asm__("x1") = x1; \
    register uint64_t r2 __asm__("x2") = x2; \
    register uint64_t r3 __asm__("x3") = x3; \
    __asm__ volatile(instruction " #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : \
        : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory"); \
    return (struct amp_call_result){r0, r1, r2, r3}
/* clang-format on */

struct amp_call_result amp_hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    CALL("hvc");
}

struct amp_call_result amp_smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    CALL("smc");
}

static void wait_for_ever(void) __attribute__((noreturn));
static void wait_for_ever(void)
{
    amp_irq_mask();
    for (;;)
        amp_cpu_wait();
}

void amp_psci_system_off(void)
{
    (void)amp_hvc(AMP_PSCI_SYSTEM_OFF, 0, 0, 0);
    wait_for_ever();
}

void amp_psci_system_reset(void)
{
    (void)amp_hvc(AMP_PSCI_SYSTEM_RESET, 0, 0, 0);
    wait_for_ever();
}

bool amp_hypercall_present(void)
{
    struct amp_call_result uid;

    /* Without EL2 the instruction is undefined; it is skipped then and leaves the function number in x0. */
    (void)amp_exception_skip(true);
    uid = amp_hvc(AMP_HVC_CALL_UID, 0, 0, 0);
    if (amp_exception_skip(false) != 0)
        return false;
    return (uint32_t)uid.x0 == AMP_HVC_UID0 && (uint32_t)uid.x1 == AMP_HVC_UID1 && (uint32_t)uid.x2 == AMP_HVC_UID2 &&
           (uint32_t)uid.x3 == AMP_HVC_UID3;
}
