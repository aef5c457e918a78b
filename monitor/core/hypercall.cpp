// SPDX-License-Identifier: GPL-2.0-only
// Calls by number. PSCI: Arm DEN 0022 (1.1), section 5; SMCCC: Arm DEN 0028. The 64-bit variants of PSCI calls have bit 30 set
// and differ in nothing that matters to a partition with one core.
#include "core/hypercall.hpp"

#include "amp/abi/hypercall.h"
#include "core/doorbell.hpp"

namespace amp {
namespace {

enum : uint32_t {
    psci_version = 0x84000000,
    psci_cpu_suspend = 0x84000001,
    psci_cpu_off = 0x84000002,
    psci_cpu_on = 0x84000003,
    psci_affinity_info = 0x84000004,
    psci_migrate_info_type = 0x84000006,
    psci_system_off = 0x84000008,
    psci_system_reset = 0x84000009,
    psci_features = 0x8400000a,
    psci_system_reset2 = 0x84000012,
    smc64 = 0x40000000,
    smccc_version = 0x80000000,
    smccc_arch_features = 0x80000001,
};

constexpr int64_t success = 0, not_supported = -1, invalid_parameters = -2, already_on = -4;
constexpr uint32_t psci_1_1 = 0x10001, smccc_1_1 = 0x10001;
constexpr int64_t affinity_on = 0, no_migration_needed = 2;
// The guest's one core; the affinity fields of its MPIDR.
constexpr uint64_t guest_affinity = 0;

int64_t psci_has(uint32_t function) {
    switch (function & ~smc64) {
    case psci_version:
    case psci_cpu_off:
    case psci_migrate_info_type:
    case psci_system_off:
    case psci_system_reset:
    case psci_features: return (function & smc64) == 0 ? success : not_supported;
    case psci_cpu_suspend: // original power_state format, no OS-initiated mode
    case psci_cpu_on:
    case psci_affinity_info:
    case psci_system_reset2: return success;
    case smccc_version & ~smc64: return (function & smc64) == 0 ? success : not_supported;
    default: return not_supported;
    }
}

int64_t affinity_info(uint64_t affinity, uint64_t level) {
    return affinity == guest_affinity && level <= 3 ? affinity_on : invalid_parameters;
}

// DEN 0022, 5.1.4 and 5.6: the one core is running, there are no others.
int64_t cpu_on(uint64_t affinity) { return affinity == guest_affinity ? already_on : invalid_parameters; }

// 5.10: type 0 is SYSTEM_WARM_RESET, other architectural types are reserved, vendor's begin at bit 31.
Work system_reset2(uint64_t type, int64_t& result) {
    if (static_cast<uint32_t>(type) != 0) {
        result = invalid_parameters;
        return Work::none;
    }
    return Work::system_reset;
}

// DEN 0028, 7.3. The firmware's workaround calls are not offered; a guest whose core needs them sees that in CSV2 and CSV3.
int64_t arch_features(uint32_t function) {
    switch (function) {
    case smccc_version:
    case smccc_arch_features: return success;
    default: return not_supported;
    }
}

void call_uid(Registers& registers) {
    registers.x[0] = AMP_HVC_UID0;
    registers.x[1] = AMP_HVC_UID1;
    registers.x[2] = AMP_HVC_UID2;
    registers.x[3] = AMP_HVC_UID3;
}

} // namespace

Work hypercall(Monitor& monitor, Registers& registers) {
    const auto function = static_cast<uint32_t>(registers.x[0]);
    int64_t result = not_supported;
    Work work = Work::none;
    switch (function) {
    case psci_version: result = psci_1_1; break;
    case psci_features: result = psci_has(static_cast<uint32_t>(registers.x[1])); break;
    case psci_cpu_suspend:
    case psci_cpu_suspend | smc64:
        result = success;
        work = Work::suspend;
        break;
    case psci_cpu_off: work = Work::cpu_off; break;
    case psci_cpu_on: result = cpu_on(static_cast<uint32_t>(registers.x[1])); break;
    case psci_cpu_on | smc64: result = cpu_on(registers.x[1]); break;
    case psci_affinity_info:
        result = affinity_info(static_cast<uint32_t>(registers.x[1]), static_cast<uint32_t>(registers.x[2]));
        break;
    case psci_affinity_info | smc64: result = affinity_info(registers.x[1], registers.x[2]); break;
    case psci_migrate_info_type: result = no_migration_needed; break;
    case psci_system_off: work = Work::system_off; break;
    case psci_system_reset: work = Work::system_reset; break;
    case psci_system_reset2:
    case psci_system_reset2 | smc64: work = system_reset2(registers.x[1], result); break;
    case smccc_version: result = smccc_1_1; break;
    case smccc_arch_features: result = arch_features(static_cast<uint32_t>(registers.x[1])); break;
    case AMP_HVC_CALL_UID: call_uid(registers); return Work::none;
    case AMP_HVC_VERSION: result = AMP_ABI_MAJOR << 16 | AMP_ABI_MINOR; break;
    case AMP_HVC_DOORBELL: result = ring_channel(monitor, registers.x[1]); break;
    default: break;
    }
    if (work == Work::none || work == Work::suspend) {
        registers.x[0] = static_cast<uint64_t>(result);
    }
    return work;
}

} // namespace amp
