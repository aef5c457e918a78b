/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* HVC and SMC, and the few calls that every guest makes. */
#include "amp/guest/hypercall.h"

#include "amp/guest/cpu.h"
#include "amp/guest/exception.h"

struct amp_call_result amp_hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    AMP_ARCH_CALL("hvc");
}

struct amp_call_result amp_smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    AMP_ARCH_CALL("smc");
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
