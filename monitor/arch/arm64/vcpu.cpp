// SPDX-License-Identifier: GPL-2.0-only
// Register by register: what the guest starts with, what it may use directly, what traps. Features are asked for where their
// registers exist only on some cores.
#include "vcpu.hpp"

#include "arch/arch.hpp"
#include "features.hpp"
#include "mpam.hpp"
#include "regs.hpp"
#include "trap.hpp"

namespace amp::arch {
namespace {

// Breakpoints and watchpoints n = 0..15, of which the core has 1 + BRPs and 1 + WRPs (Arm ARM H1.2).
#define AMP_FOR_EACH_DEBUG_REGISTER(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

uint64_t event_counters() { return Field<15, 11>::in(AMP_READ_SYSREG(pmcr_el0)); } // PMCR_EL0.N

void clear_debug() {
    const uint64_t dfr0 = AMP_READ_SYSREG(id_aa64dfr0_el1);
    const uint64_t breakpoints = id::Dfr0Brps::in(dfr0) + 1, watchpoints = id::Dfr0Wrps::in(dfr0) + 1;
    AMP_WRITE_SYSREG(mdscr_el1, 0);
    AMP_WRITE_SYSREG(mdccint_el1, 0);
    AMP_WRITE_SYSREG(oslar_el1, 0);
#define AMP_CLEAR_DEBUG_REGISTER(n)                                                        \
    if (n < breakpoints) {                                                                 \
        AMP_WRITE_SYSREG(dbgbcr##n##_el1, 0);                                              \
        AMP_WRITE_SYSREG(dbgbvr##n##_el1, 0);                                              \
    }                                                                                      \
    if (n < watchpoints) {                                                                 \
        AMP_WRITE_SYSREG(dbgwcr##n##_el1, 0);                                              \
        AMP_WRITE_SYSREG(dbgwvr##n##_el1, 0);                                              \
    }
    AMP_FOR_EACH_DEBUG_REGISTER(AMP_CLEAR_DEBUG_REGISTER)
}

// From EL2 the resets in PMCR_EL0 reach every counter, whatever HPMN says (Arm ARM D19.5, PMCR_EL0.P).
void clear_counters() {
    constexpr uint64_t event_reset = bit(1), cycle_reset = bit(2);
    AMP_WRITE_SYSREG(pmcr_el0, event_reset | cycle_reset);
    arch::isb();
    for (uint64_t n = 0; n < event_counters(); ++n) {
        AMP_WRITE_SYSREG(pmselr_el0, n);
        arch::isb();
        AMP_WRITE_SYSREG(pmxevtyper_el0, 0);
    }
    AMP_WRITE_SYSREG(pmccfiltr_el0, 0);
    AMP_WRITE_SYSREG(pmselr_el0, 0);
}

void clear_pmu() {
    if (has_pmu()) {
        AMP_WRITE_SYSREG(pmcntenclr_el0, 0xffffffff);
        AMP_WRITE_SYSREG(pmintenclr_el1, 0xffffffff);
        AMP_WRITE_SYSREG(pmovsclr_el0, 0xffffffff);
        AMP_WRITE_SYSREG(pmuserenr_el0, 0);
        clear_counters();
    }
}

// Keys of Linux's tasks on the way in, of the guest on the way out.
void clear_pointer_keys() {
    if (has_pointer_authentication()) {
        AMP_WRITE_SYSREG(S3_0_C2_C1_0, 0); // APIAKeyLo_EL1, Hi
        AMP_WRITE_SYSREG(S3_0_C2_C1_1, 0);
        AMP_WRITE_SYSREG(S3_0_C2_C1_2, 0); // APIB
        AMP_WRITE_SYSREG(S3_0_C2_C1_3, 0);
        AMP_WRITE_SYSREG(S3_0_C2_C2_0, 0); // APDA
        AMP_WRITE_SYSREG(S3_0_C2_C2_1, 0);
        AMP_WRITE_SYSREG(S3_0_C2_C2_2, 0); // APDB
        AMP_WRITE_SYSREG(S3_0_C2_C2_3, 0);
        AMP_WRITE_SYSREG(S3_0_C2_C3_0, 0); // APGA
        AMP_WRITE_SYSREG(S3_0_C2_C3_1, 0);
    }
}

struct MpamRegisters {
    static bool usable() { return (this_monitor().boot.flags & AMP_BOOT_MPAM) != 0; }
    static uint64_t pfr0() { return AMP_READ_SYSREG(id_aa64pfr0_el1); }
    static uint64_t mpamidr() { return AMP_READ_SYSREG(S3_0_C10_C4_4); }
    static void set_mpam1(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C10_C5_0, value); }
    static void set_mpam0(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C10_C5_1, value); }
    static void set_mpam2(uint64_t value) { AMP_WRITE_SYSREG(S3_4_C10_C5_0, value); }
    static void set_mpamhcr(uint64_t value) { AMP_WRITE_SYSREG(S3_4_C10_C4_0, value); }
};

void clear_timers() {
    AMP_WRITE_SYSREG(cntv_ctl_el0, 0);
    AMP_WRITE_SYSREG(cntp_ctl_el0, 0);
    AMP_WRITE_SYSREG(cntv_cval_el0, 0);
    AMP_WRITE_SYSREG(cntp_cval_el0, 0);
    AMP_WRITE_SYSREG(cntkctl_el1, 0);
    AMP_WRITE_SYSREG(cntvoff_el2, 0);
    AMP_WRITE_SYSREG(cnthp_ctl_el2, 0);
}

// What only a 32-bit EL1 has (Arm ARM D1.20.2); its other registers are the 64-bit ones by another name.
void clear_aarch32() {
    AMP_WRITE_SYSREG(cptr_el2, cptr_el2::guest); // FPEXC32_EL2 would trap to us with TFP, which is unknown at start
    isb();
    AMP_WRITE_SYSREG(fpexc32_el2, 0);
    AMP_WRITE_SYSREG(dacr32_el2, 0);
    AMP_WRITE_SYSREG(ifsr32_el2, 0);
    AMP_WRITE_SYSREG(dbgvcr32_el2, 0);
    AMP_WRITE_SYSREG(spsr_abt, 0);
    AMP_WRITE_SYSREG(spsr_und, 0);
    AMP_WRITE_SYSREG(spsr_irq, 0);
    AMP_WRITE_SYSREG(spsr_fiq, 0);
}

void clear_el1() {
    AMP_WRITE_SYSREG(sctlr_el1, sctlr_el1::reset);
    AMP_WRITE_SYSREG(cpacr_el1, 0);
    AMP_WRITE_SYSREG(tcr_el1, 0);
    AMP_WRITE_SYSREG(ttbr0_el1, 0);
    AMP_WRITE_SYSREG(ttbr1_el1, 0);
    AMP_WRITE_SYSREG(mair_el1, 0);
    AMP_WRITE_SYSREG(amair_el1, 0);
    AMP_WRITE_SYSREG(vbar_el1, 0);
    AMP_WRITE_SYSREG(contextidr_el1, 0);
    AMP_WRITE_SYSREG(csselr_el1, 0);
    AMP_WRITE_SYSREG(par_el1, 0);
    AMP_WRITE_SYSREG(esr_el1, 0);
    AMP_WRITE_SYSREG(far_el1, 0);
    AMP_WRITE_SYSREG(afsr0_el1, 0);
    AMP_WRITE_SYSREG(afsr1_el1, 0);
    AMP_WRITE_SYSREG(elr_el1, 0);
    AMP_WRITE_SYSREG(spsr_el1, 0);
    AMP_WRITE_SYSREG(sp_el0, 0);
    AMP_WRITE_SYSREG(sp_el1, 0);
    AMP_WRITE_SYSREG(tpidr_el0, 0);
    AMP_WRITE_SYSREG(tpidrro_el0, 0);
    AMP_WRITE_SYSREG(tpidr_el1, 0);
    if (has_aarch32_el1()) {
        clear_aarch32();
    }
}

uint64_t guest_hcr(GuestTraps traps) {
    const uint64_t always = traps.aarch32 ? hcr_el2::guest & ~hcr_el2::rw : hcr_el2::guest;
    return always | (traps.id_registers ? hcr_el2::tid3 : 0) | (has_ras() ? hcr_el2::terr : 0) |
           (has_lor() ? hcr_el2::tlor : 0) | (has_mte() ? hcr_el2::tid5 : 0) |
           (has_pointer_authentication() ? hcr_el2::apk | hcr_el2::api : 0);
}

// All event counters are the guest's (HPMN; read at EL2, PMCR_EL0.N does not depend on it) and count what it does, not what is
// done for it.
// A 32-bit guest is told of none (ID_DFR0).
uint64_t guest_mdcr(bool aarch32) {
    if (!has_pmu() || aarch32) {
        return mdcr_el2::guest | mdcr_el2::tpm | mdcr_el2::tpmcr;
    }
    return mdcr_el2::guest | mdcr_el2::Hpmn::of(event_counters()) | (pmu_version() >= pmu_v3p1 ? mdcr_el2::hpmd : 0) |
           (pmu_version() >= pmu_v3p5 ? mdcr_el2::hccd : 0);
}

// Zero: no trap of an old feature, every one of a new feature (Arm ARM D19.2, HFGRTR_EL2 and HCRX_EL2).
void clear_fine_grained_traps() {
    if (has_fgt()) {
        AMP_WRITE_SYSREG(S3_4_C1_C1_4, 0); // HFGRTR_EL2
        AMP_WRITE_SYSREG(S3_4_C1_C1_5, 0); // HFGWTR_EL2
        AMP_WRITE_SYSREG(S3_4_C1_C1_6, 0); // HFGITR_EL2
        AMP_WRITE_SYSREG(S3_4_C3_C1_4, 0); // HDFGRTR_EL2
        AMP_WRITE_SYSREG(S3_4_C3_C1_5, 0); // HDFGWTR_EL2
    }
    if (has_fgt2()) {
        AMP_WRITE_SYSREG(S3_4_C3_C1_0, 0); // HDFGRTR2_EL2
        AMP_WRITE_SYSREG(S3_4_C3_C1_1, 0); // HDFGWTR2_EL2
        AMP_WRITE_SYSREG(S3_4_C3_C1_2, 0); // HFGRTR2_EL2
        AMP_WRITE_SYSREG(S3_4_C3_C1_3, 0); // HFGWTR2_EL2
        AMP_WRITE_SYSREG(S3_4_C3_C1_7, 0); // HFGITR2_EL2
    }
    if (has_hcx()) {
        AMP_WRITE_SYSREG(S3_4_C1_C2_2, 0); // HCRX_EL2
    }
}

// The guest's address behind a virtual one, for the faults that do not report it. Uses PAR_EL1, so only at the end.
uint64_t translate(uint64_t address) {
    __asm__ __volatile__("at s1e1r, %0" : : "r"(address));
    isb();
    dsb_sy(); // Cortex-A77 up to r1p0 may hang otherwise (erratum 1508412)
    const uint64_t par = AMP_READ_SYSREG(par_el1);
    dsb_sy();
    return (par & 1) != 0 ? 0 : (par & Field<47, 12>::mask) | (address & 0xfff);
}

} // namespace

void clear_guest_state() {
    clear_timers();
    clear_debug();
    clear_pmu();
    clear_pointer_keys();
    open_mpam(MpamRegisters{});
    clear_el1();
}

void configure_guest(uint64_t vttbr, unsigned gpa_bits, GuestTraps traps) {
    const uint64_t range = pa_range() < pa_range_max ? pa_range() : pa_range_max;
    AMP_WRITE_SYSREG(vtcr_el2, vtcr_el2::with(gpa_bits, range));
    AMP_WRITE_SYSREG(vttbr_el2, vttbr);
    AMP_WRITE_SYSREG(cptr_el2, cptr_el2::guest);
    AMP_WRITE_SYSREG(hstr_el2, 0);
    AMP_WRITE_SYSREG(mdcr_el2, guest_mdcr(traps.aarch32));
    AMP_WRITE_SYSREG(cnthctl_el2, cnthctl_el2::guest);
    AMP_WRITE_SYSREG(vpidr_el2, AMP_READ_SYSREG(midr_el1));
    AMP_WRITE_SYSREG(vmpidr_el2, 1ull << 31); // RES1; affinity 0
    clear_fine_grained_traps();
    close_mpam(MpamRegisters{});
    if (traps.aarch32) {
        AMP_WRITE_SYSREG(sctlr_el1, sctlr32::reset);
    }
    AMP_WRITE_SYSREG(hcr_el2, guest_hcr(traps));
    isb();
    __asm__ __volatile__("tlbi alle1" : : : "memory");
    dsb_nsh();
    isb();
}

void save_guest_state(amp_exit_record& record) {
    record.pc = AMP_READ_SYSREG(elr_el2);
    record.pstate = AMP_READ_SYSREG(spsr_el2);
    record.sp_el0 = AMP_READ_SYSREG(sp_el0);
    record.sp_el1 = AMP_READ_SYSREG(sp_el1);
    record.elr_el1 = AMP_READ_SYSREG(elr_el1);
    record.spsr_el1 = AMP_READ_SYSREG(spsr_el1);
    record.esr_el1 = AMP_READ_SYSREG(esr_el1);
    record.far_el1 = AMP_READ_SYSREG(far_el1);
    record.vbar_el1 = AMP_READ_SYSREG(vbar_el1);
    record.sctlr_el1 = AMP_READ_SYSREG(sctlr_el1);
    record.tcr_el1 = AMP_READ_SYSREG(tcr_el1);
    record.ttbr0_el1 = AMP_READ_SYSREG(ttbr0_el1);
    record.ttbr1_el1 = AMP_READ_SYSREG(ttbr1_el1);
    record.ifsr = is_aarch32_guest() ? static_cast<uint32_t>(AMP_READ_SYSREG(ifsr32_el2)) : 0;
    // HPFAR_EL2 is only written by translation faults and faults of table walks (Arm ARM D19.2.54).
    const uint64_t ec = esr_el2::Ec::in(record.esr);
    const bool abort = ec == esr_el2::ec_data_abort || ec == esr_el2::ec_instruction_abort;
    if (abort && (record.esr & fsc::kind_mask) == fsc::permission && esr_el2::S1ptw::in(record.esr) == 0) {
        record.ipa = translate(record.far);
    }
}

#define AMP_READ_ID_GROUP(crm)                                                                              \
    {                                                                                                       \
        AMP_READ_SYSREG(S3_0_C0_C##crm##_0), AMP_READ_SYSREG(S3_0_C0_C##crm##_1),                           \
            AMP_READ_SYSREG(S3_0_C0_C##crm##_2), AMP_READ_SYSREG(S3_0_C0_C##crm##_3),                       \
            AMP_READ_SYSREG(S3_0_C0_C##crm##_4), AMP_READ_SYSREG(S3_0_C0_C##crm##_5),                       \
            AMP_READ_SYSREG(S3_0_C0_C##crm##_6), AMP_READ_SYSREG(S3_0_C0_C##crm##_7)                        \
    }
IdRegisters read_id_registers() {
    return {{AMP_READ_ID_GROUP(1), AMP_READ_ID_GROUP(2), AMP_READ_ID_GROUP(3), AMP_READ_ID_GROUP(4), AMP_READ_ID_GROUP(5),
             AMP_READ_ID_GROUP(6), AMP_READ_ID_GROUP(7)}};
}

} // namespace amp::arch
