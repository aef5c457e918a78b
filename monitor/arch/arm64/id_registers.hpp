// SPDX-License-Identifier: GPL-2.0-only
// The ID registers as a single-core guest should see them (Arm ARM D19.2, "ID_AA64PFR0_EL1" and following): one table of what
// passes and what is set, computed once at start. What is hidden here is also trapped or disabled (regs.hpp).
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
using Pfr0Gic = Field<27, 24>;
using Pfr0Ras = Field<31, 28>;
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

// 0xf: implementation defined, of no use to anybody.
constexpr uint64_t pmu_version(uint64_t dfr0) { return Dfr0PmuVer::in(dfr0) == 0xf ? 0 : Dfr0PmuVer::in(dfr0); }
} // namespace id

// Fields, as bits 4n+3..4n each.
template <class... Nibbles>
constexpr uint64_t fields(Nibbles... nibbles) {
    return ((0xfull << (4 * nibbles)) | ... | 0);
}

struct IdRule {
    uint64_t pass; // these bits are the hardware's
    uint64_t set;  // these are one, the rest zero
};

constexpr uint64_t all = ~0ull;

// Fields by their lowest bit / 4.
constexpr IdRule id_rules[id_group_count][8] = {
    // CRm 1: ID_PFR0 (no RAS, AMU), ID_PFR1 (no Virtualization, Virt_frac; GIC as in AA64PFR0), ID_DFR0 (no PMU, trace), ID_AFR0,
    // ID_MMFR0-3
    {{~fields(5, 7), 0}, {~fields(3, 6, 7), 0}, {fields(0, 1, 2), 0}, {0, 0}, {all, 0}, {all, 0}, {all, 0}, {all, 0}},
    // CRm 2: ID_ISAR0-5, ID_MMFR4, ID_ISAR6
    {{all, 0}, {all, 0}, {all, 0}, {all, 0}, {all, 0}, {all, 0}, {all, 0}, {all, 0}},
    // CRm 3: MVFR0-2, reserved, ID_PFR2 (no RAS_frac), ID_DFR1, ID_MMFR5, reserved
    {{all, 0}, {all, 0}, {all, 0}, {0, 0}, {~fields(2), 0}, {0, 0}, {all, 0}, {0, 0}},
    // CRm 4: ID_AA64PFR0: EL1 AArch64 only, no EL2, EL3, RAS, SVE, SEL2, MPAM, AMU, RME. ID_AA64PFR1: BT, SSBS. No ZFR0, SMFR0.
    {{fields(0, 4, 5, 12, 14, 15), 0x10}, {fields(0, 1), 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
    // CRm 5: ID_AA64DFR0: DebugVer, PMUVer, BRPs, WRPs, CTX_CMPs; DoubleLock says none. No trace, SPE, BRBE.
    {{fields(0, 2, 3, 5, 7), 0xfull << 36}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
    // CRm 6: ID_AA64ISAR0: all but TME. ISAR1: all but XS, LS64 (they need HCRX_EL2). ISAR2: WFxT, RPRES, GPA3, APA3, BC,
    // PAC_frac, CLRBHB, RPRFM, CSSC; no MOPS.
    {{~fields(6), 0}, {~fields(14, 15), 0}, {fields(0, 1, 2, 3, 5, 6, 7, 12, 13), 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
    // CRm 7: ID_AA64MMFR0: no SNSMem, stage-2 granules, FGT, ECV. MMFR1: HAFDBS, HPDS, PAN, ETS, AFP, nTLBPA, ECBHB. MMFR2: no IESB, NV,
    // FWB, EVT. No MMFR3 (its features need HCRX_EL2).
    {{fields(0, 1, 2, 4, 5, 6, 7, 11), 0}, {fields(0, 3, 5, 9, 11, 12, 15), 0}, {fields(0, 1, 2, 4, 5, 7, 8, 9, 12, 13, 15), 0},
     {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
};

// CSV2 above 1 adds SCXTNUM registers, PARange above 40 bits is more than stage 2 translates.
constexpr uint64_t clamp(uint64_t reg, unsigned low_bit, uint64_t limit) {
    const uint64_t field = (reg >> low_bit) & 0xf;
    return field <= limit ? reg : (reg & ~(0xfull << low_bit)) | limit << low_bit;
}

constexpr IdRegisters guest_id_registers(const IdRegisters& host, bool gicv3) {
    IdRegisters guest{};
    for (unsigned group = 0; group < id_group_count; ++group) {
        for (unsigned i = 0; i < 8; ++i) {
            guest.value[group][i] = (host.value[group][i] & id_rules[group][i].pass) | id_rules[group][i].set;
        }
    }
    const uint64_t gic = gicv3 ? 1 : 0; // system register interface of GICv3
    uint64_t& pfr0 = guest.value[3][0];
    pfr0 = clamp(pfr0 | id::Pfr0Gic::of(gic), 56, 1);
    guest.value[0][1] |= gic << 28;
    if (id::pmu_version(host.value[4][0]) == 0) {
        guest.value[4][0] &= ~id::Dfr0PmuVer::mask;
    }
    guest.value[6][0] = clamp(guest.value[6][0], 0, 2);
    return guest;
}

} // namespace amp

#endif
