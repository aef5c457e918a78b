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
    workaround_1 = 0x80008000, // ARCH_WORKAROUND_1, CVE-2017-5715 (DEN 0028, 7.5 and following)
    workaround_2 = 0x80007fff, // CVE-2018-3639
    workaround_3 = 0x80003fff, // CVE-2022-23960
};

constexpr int64_t success = 0, not_supported = -1, invalid_parameters = -2, already_on = -4;
// CPU_SUSPEND's power_state, original format (DEN 0022, 5.4.2): power level 25:24, of which a lone core has only its own, and
// reserved bits. State type and identifier are whatever: every state is a standby here, as the caller must expect.
constexpr uint32_t power_state_refused = 0xfffe0000;
constexpr int32_t psci_1_0 = 0x10000, psci_1_1 = 0x10001, smccc_1_1 = 0x10001;
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

// 5.10: type 0 is SYSTEM_WARM_RESET, other architectural types are reserved; vendor's begin at bit 31 and all do the same here.
Work system_reset2(uint64_t type, int64_t& result) {
    if (static_cast<int32_t>(type) > 0) {
        result = invalid_parameters;
        return Work::none;
    }
    return Work::system_reset;
}

int64_t arch_features(const Monitor& monitor, uint32_t function) {
    switch (function) {
    case smccc_version:
    case smccc_arch_features: return success;
    case workaround_1: return monitor.workarounds.answer[0];
    case workaround_2: return monitor.workarounds.answer[1];
    case workaround_3: return monitor.workarounds.answer[2];
    default: return not_supported;
    }
}

// The firmware's to do, for this core; the argument is WORKAROUND_2's: whether the mitigation is wanted.
[[gnu::noinline, gnu::cold]] int64_t workaround(uint32_t function, int32_t answer, uint64_t argument) {
    if (answer == success) {
        arch::firmware(function, argument & 1);
    }
    return answer < 0 ? not_supported : success;
}

int64_t cpu_suspend(uint64_t power_state, Work& work) {
    if ((power_state & power_state_refused) != 0) {
        return invalid_parameters;
    }
    work = Work::suspend;
    return success;
}

void call_uid(Registers& registers) {
    registers.x[0] = AMP_HVC_UID0;
    registers.x[1] = AMP_HVC_UID1;
    registers.x[2] = AMP_HVC_UID2;
    registers.x[3] = AMP_HVC_UID3;
}

} // namespace

// DEN 0028, 7.2.1: the order in which nothing is asked that an older firmware would take for something else.
void ask_firmware(Monitor& monitor) {
    const bool known = arch::firmware(psci_version, 0) >= psci_1_0 && arch::firmware(psci_features, smccc_version) >= 0 &&
                       arch::firmware(smccc_version, 0) >= smccc_1_1;
    constexpr uint32_t functions[] = {workaround_1, workaround_2, workaround_3};
    for (unsigned i = 0; i < 3; ++i) {
        monitor.workarounds.answer[i] = known ? arch::firmware(smccc_arch_features, functions[i]) : int32_t{not_supported};
    }
}

Work hypercall(Monitor& monitor, Registers& registers) {
    const auto function = static_cast<uint32_t>(registers.x[0]);
    int64_t result = not_supported;
    Work work = Work::none;
    switch (function) {
    case psci_version: result = psci_1_1; break;
    case psci_features: result = psci_has(static_cast<uint32_t>(registers.x[1])); break;
    case psci_cpu_suspend:
    case psci_cpu_suspend | smc64:
        result = cpu_suspend(registers.x[1], work);
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
    case smccc_arch_features: result = arch_features(monitor, static_cast<uint32_t>(registers.x[1])); break;
    case workaround_1: result = workaround(function, monitor.workarounds.answer[0], 0); break;
    case workaround_2: result = workaround(function, monitor.workarounds.answer[1], registers.x[1]); break;
    case workaround_3: result = workaround(function, monitor.workarounds.answer[2], 0); break;
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
