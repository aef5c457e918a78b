// SPDX-License-Identifier: GPL-2.0-only
// The ID registers as a single-core guest should see them (Arm ARM D19.2, "ID_AA64PFR0_EL1" and following): one table of what
// passes, computed once at start. What is hidden here is also trapped or disabled (regs.hpp); docs/virtual-machine.md has the reasons.
#ifndef AMP_MONITOR_ARCH_ARM64_ID_REGISTERS_HPP
#define AMP_MONITOR_ARCH_ARM64_ID_REGISTERS_HPP

#include "hw/reg.hpp"

namespace amp {

// Op0 = 3, Op1 = 0, CRn = 0, CRm = 1..7, Op2 = 0..7: group 3 of HCR_EL2.TID3.
constexpr unsigned id_group_count = 7;

struct IdRegisters {
    uint64_t value[id_group_count][8]; // [CRm - 1][Op2]
};

namespace id {
using Pfr0El0 = Field<3, 0>;
using Pfr0Gic = Field<27, 24>;
using Pfr0Ras = Field<31, 28>;
using Pfr0Mpam = Field<43, 40>;
using Pfr1Mte = Field<11, 8>;
using Dfr0PmuVer = Field<11, 8>; // in ID_AA64DFR0_EL1
using Dfr0Brps = Field<15, 12>;
using Dfr0Wrps = Field<23, 20>;
using Dfr0TraceFilt = Field<43, 40>;
using Isar1Apa = Field<7, 4>;
using Isar1Api = Field<11, 8>;
using Isar2Apa3 = Field<15, 12>;
using Mmfr0PaRange = Field<3, 0>;
using Mmfr0Fgt = Field<59, 56>;
using Mmfr1Lo = Field<19, 16>;
using Mmfr1Hcx = Field<43, 40>;
using Mmfr2Ccidx = Field<23, 20>;

// 0xf: implementation defined, of no use to anybody.
constexpr uint64_t pmu_version(uint64_t dfr0) { return Dfr0PmuVer::in(dfr0) == 0xf ? 0 : Dfr0PmuVer::in(dfr0); }
} // namespace id

// Fields, as bits 4n+3..4n each.
template <class... Nibbles>
constexpr uint64_t fields(Nibbles... nibbles) {
    return ((0xfull << (4 * nibbles)) | ... | 0);
}

constexpr uint64_t all = ~0ull;

// What passes; the rest is zero. Fields by their lowest bit / 4. Those that name the exception levels of the core pass: at EL1 the
// registers of EL2 and EL3 are undefined whatever they say, and to hide them would make a trap of each read of an ID register.
constexpr uint64_t id_pass[id_group_count][8] = {
    // CRm 1: ID_PFR0 (no RAS, AMU), ID_PFR1 (GIC as in AA64PFR0), ID_DFR0 (no coprocessor trace, M profile, TraceFilt), ID_AFR0,
    // ID_MMFR0-3
    {~fields(5, 7), ~fields(7), fields(0, 1, 2, 4, 6), 0, all, all, all, all},
    // CRm 2: ID_ISAR0-5, ID_MMFR4, ID_ISAR6
    {all, all, all, all, all, all, all, all},
    // CRm 3: MVFR0-2, reserved, ID_PFR2 (no RAS_frac), ID_DFR1, ID_MMFR5, reserved
    {all, all, all, 0, ~fields(2), 0, all, 0},
    // CRm 4: ID_AA64PFR0: no RAS, SVE, SEL2, MPAM, AMU, RME. ID_AA64PFR1: BT, SSBS. No PFR2, ZFR0, SMFR0, FPFR0.
    {~fields(6, 7, 8, 9, 10, 11, 13), fields(0, 1), 0, 0, 0, 0, 0, 0},
    // CRm 5: ID_AA64DFR0: DebugVer, PMUVer, BRPs, WRPs, CTX_CMPs, DoubleLock. No trace, PMSS, SEBEP, SPE, TRBE, MTPMU, BRBE,
    // HPMN0. No DFR1, AFR0-1.
    {fields(0, 2, 3, 5, 7, 9), 0, 0, 0, 0, 0, 0, 0},
    // CRm 6: ID_AA64ISAR0: all but TME. ISAR1: all but XS, LS64 (they need HCRX_EL2). ISAR2: WFxT, RPRES, GPA3, APA3, BC,
    // PAC_frac, CLRBHB, RPRFM, CSSC; no MOPS. No ISAR3.
    {~fields(6), ~fields(14, 15), fields(0, 1, 2, 3, 5, 6, 7, 12, 13), 0, 0, 0, 0, 0},
    // CRm 7: ID_AA64MMFR0: no stage-2 granules, FGT, ECV. MMFR1: HAFDBS, HPDS, PAN, ETS, AFP, nTLBPA, ECBHB. MMFR2: no IESB, NV,
    // FWB, EVT. No MMFR3 (its features need HCRX_EL2), MMFR4.
    {~fields(8, 9, 10, 12, 13, 14, 15), fields(0, 3, 5, 9, 11, 12, 15), fields(0, 1, 2, 4, 5, 7, 8, 9, 12, 13, 15), 0, 0, 0, 0, 0},
};

// A 32-bit guest has no PMU; Virtualization and Virt_frac could make it look for a way to Hyp mode.
constexpr uint64_t aarch32_pfr1_hidden = fields(3, 6), aarch32_dfr0_hidden = fields(4, 6);

constexpr uint64_t clamp(uint64_t reg, unsigned low_bit, uint64_t limit) {
    const uint64_t field = (reg >> low_bit) & 0xf;
    return field <= limit ? reg : (reg & ~(0xfull << low_bit)) | limit << low_bit;
}

// Versions of a feature above these bring registers that are not the guest's.
constexpr void limit_versions(IdRegisters& guest) {
    uint64_t& dfr0 = guest.value[4][0];
    guest.value[3][0] = clamp(guest.value[3][0], 56, 1); // CSV2: SCXTNUM registers
    dfr0 = clamp(dfr0, 0, 10);                           // DebugVer: banked breakpoints of Debugv8p9
    dfr0 = id::pmu_version(dfr0) == 0 ? dfr0 & ~id::Dfr0PmuVer::mask : clamp(dfr0, 8, 8); // PMUVer: PMUACR_EL1 of PMUv3p9
    guest.value[6][0] = clamp(guest.value[6][0], 0, 5); // PARange: more than 48 bits need what stage 2 does not do here
    guest.value[6][1] = clamp(guest.value[6][1], 0, 2); // HAFDBS: HAFT needs TCR2_EL1
}

constexpr IdRegisters guest_id_registers(const IdRegisters& host, bool gicv3, bool aarch32) {
    IdRegisters guest{};
    for (unsigned group = 0; group < id_group_count; ++group) {
        for (unsigned i = 0; i < 8; ++i) {
            guest.value[group][i] = host.value[group][i] & id_pass[group][i];
        }
    }
    limit_versions(guest);
    const uint64_t gic = gicv3 ? 1 : 0; // system register interface of GICv3
    guest.value[3][0] |= id::Pfr0Gic::of(gic);
    if (id::Pfr0El0::in(host.value[3][0]) == 2) { // without AArch32 its registers are zero or unknown
        guest.value[0][1] |= gic << 28;
    }
    if (aarch32) {
        guest.value[0][1] &= ~aarch32_pfr1_hidden;
        guest.value[0][2] &= ~aarch32_dfr0_hidden;
    }
    return guest;
}

// Whether the guest is shown what the core has: then its reads need not be trapped.
constexpr bool shows_everything(const IdRegisters& host, const IdRegisters& guest) {
    for (unsigned group = 0; group < id_group_count; ++group) {
        for (unsigned i = 0; i < 8; ++i) {
            if (host.value[group][i] != guest.value[group][i]) {
                return false;
            }
        }
    }
    return true;
}

} // namespace amp

#endif
