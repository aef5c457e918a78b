// SPDX-License-Identifier: GPL-2.0-only
// HVC and SMC of a 32-bit guest as the calls of core/hypercall.hpp.
#ifndef AMP_MONITOR_ARCH_ARM64_AARCH32_CALLS_HPP
#define AMP_MONITOR_ARCH_ARM64_AARCH32_CALLS_HPP

#include "amp/abi/hypercall.h"
#include "core/monitor.hpp"

namespace amp::aarch32 {

// Cuts the arguments to what AArch32 has of them and gives our own calls the numbers that they have for everybody. False: the
// call, or the one that PSCI_FEATURES asks for, is of the SMC64 convention, which AArch32 does not have (Arm DEN 0028, 2.8).
constexpr bool prepare_call(Registers& registers) {
    constexpr uint64_t smc64 = 1u << 30, psci_features = 0x8400000a;
    for (unsigned i = 0; i < 4; ++i) {
        registers.x[i] &= 0xffffffff;
    }
    const uint64_t function = registers.x[0];
    if ((function & smc64) != 0 || (function == psci_features && (registers.x[1] & smc64) != 0)) {
        return false;
    }
    if (function == AMP_HVC_VERSION32 || function == AMP_HVC_DOORBELL32) {
        registers.x[0] |= smc64;
    }
    return true;
}
static_assert((AMP_HVC_VERSION32 | 1u << 30) == AMP_HVC_VERSION && (AMP_HVC_DOORBELL32 | 1u << 30) == AMP_HVC_DOORBELL);

} // namespace amp::aarch32

#endif
