/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Calls to whoever is above EL1, by the SMC Calling Convention (Arm DEN 0028): the monitor's own (amp/abi/hypercall.h) and
 * PSCI (Arm DEN 0022), both by HVC.
 */
#ifndef AMP_GUEST_HYPERCALL_H
#define AMP_GUEST_HYPERCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "amp/abi/hypercall.h"
#include "amp/guest/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

struct amp_call_result {
    uint64_t x0, x1, x2, x3;
};

struct amp_call_result amp_hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);
struct amp_call_result amp_smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

#define AMP_PSCI_VERSION 0x84000000u
#define AMP_PSCI_CPU_OFF 0x84000002u
#define AMP_PSCI_CPU_ON AMP_ARCH_CALL_NUMBER(0xc4000003u)
#define AMP_PSCI_SYSTEM_OFF 0x84000008u
#define AMP_PSCI_SYSTEM_RESET 0x84000009u
#define AMP_PSCI_FEATURES 0x8400000au

/* End or restart the partition (without a monitor: the machine). */
__attribute__((noreturn)) void amp_psci_system_off(void);
__attribute__((noreturn)) void amp_psci_system_reset(void);

/* Whether the monitor is there. Safe to ask anywhere, also where HVC is undefined. */
bool amp_hypercall_present(void);

#ifdef __cplusplus
}
#endif
#endif
