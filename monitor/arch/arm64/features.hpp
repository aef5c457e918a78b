// SPDX-License-Identifier: GPL-2.0-only
// What this core has, read from its ID registers as they are needed: only at start and at the end.
#ifndef AMP_MONITOR_ARCH_ARM64_FEATURES_HPP
#define AMP_MONITOR_ARCH_ARM64_FEATURES_HPP

#include "id_registers.hpp"
#include "sysreg.hpp"

namespace amp::arch {

inline bool has_ras() { return id::Pfr0Ras::in(AMP_READ_SYSREG(id_aa64pfr0_el1)) != 0; }
inline bool has_mte() { return id::Pfr1Mte::in(AMP_READ_SYSREG(id_aa64pfr1_el1)) != 0; }
inline bool has_lor() { return id::Mmfr1Lo::in(AMP_READ_SYSREG(id_aa64mmfr1_el1)) != 0; }
inline bool has_hcx() { return id::Mmfr1Hcx::in(AMP_READ_SYSREG(id_aa64mmfr1_el1)) != 0; }
inline bool has_fgt() { return id::Mmfr0Fgt::in(AMP_READ_SYSREG(id_aa64mmfr0_el1)) != 0; }
inline bool has_fgt2() { return id::Mmfr0Fgt::in(AMP_READ_SYSREG(id_aa64mmfr0_el1)) >= 2; }
// ID_AA64MMFR2_EL1 by number, as below.
inline bool has_ccidx() { return id::Mmfr2Ccidx::in(AMP_READ_SYSREG(S3_0_C0_C7_2)) != 0; }
inline bool has_aarch32_el1() { return Field<7, 4>::in(AMP_READ_SYSREG(id_aa64pfr0_el1)) == 2; }

// ID_AA64DFR0_EL1.PMUVer; 0 also for another PMU than the architecture's.
constexpr uint64_t pmu_v3p1 = 4, pmu_v3p5 = 6;
inline uint64_t pmu_version() { return id::pmu_version(AMP_READ_SYSREG(id_aa64dfr0_el1)); }
inline bool has_pmu() { return pmu_version() != 0; }

// ID_AA64ISAR2_EL1 by number: older assemblers don't know its name.
inline bool has_pointer_authentication() {
    const uint64_t isar1 = AMP_READ_SYSREG(id_aa64isar1_el1);
    const uint64_t isar2 = AMP_READ_SYSREG(S3_0_C0_C6_2);
    return id::Isar1Apa::in(isar1) != 0 || id::Isar1Api::in(isar1) != 0 || id::Isar2Apa3::in(isar2) != 0;
}

inline uint64_t pa_range() { return id::Mmfr0PaRange::in(AMP_READ_SYSREG(id_aa64mmfr0_el1)); }

// Address bits of ID_AA64MMFR0_EL1.PARange; more than 48 need features that we do not use.
constexpr uint64_t pa_range_max = 5;
constexpr unsigned pa_bits(uint64_t range) {
    constexpr unsigned bits[] = {32, 36, 40, 42, 44, 48};
    return range <= pa_range_max ? bits[range] : 48;
}

} // namespace amp::arch

#endif
