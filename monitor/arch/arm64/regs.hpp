// SPDX-License-Identifier: GPL-2.0-only
// Layouts of the EL2 and EL1 registers the monitor uses, fields in the order of the Arm ARM (DDI 0487, D19.2). Pure data; the
// host's unit tests use them too. For each trap register: what it holds while the guest runs, each bit with what it traps.
#ifndef AMP_MONITOR_ARCH_ARM64_REGS_HPP
#define AMP_MONITOR_ARCH_ARM64_REGS_HPP

#include "hw/reg.hpp"

namespace amp {

namespace hcr_el2 {
constexpr uint64_t vm = bit(0);    // stage 2 on
constexpr uint64_t swio = bit(1);  // DC ISW acts as DC CISW
constexpr uint64_t ptw = bit(2);   // a stage-1 walk to Device memory faults
constexpr uint64_t fmo = bit(3), imo = bit(4), amo = bit(5); // FIQ, IRQ, SError to EL2, whatever the guest masks
constexpr uint64_t tid3 = bit(18); // ID registers; only where one shows what is not the guest's
constexpr uint64_t tsc = bit(19);  // SMC
constexpr uint64_t tidcp = bit(20); // implementation defined registers
constexpr uint64_t tacr = bit(21); // ACTLR_EL1
constexpr uint64_t tsw = bit(22);  // cache maintenance by set/way
constexpr uint64_t rw = bit(31);   // EL1 is AArch64; off for a 32-bit guest
constexpr uint64_t tlor = bit(35); // LORegion registers
constexpr uint64_t terr = bit(36); // RAS error record registers
constexpr uint64_t tea = bit(37);  // synchronous external aborts to EL2
constexpr uint64_t apk = bit(40), api = bit(41); // 1: pointer authentication keys and instructions are not trapped
constexpr uint64_t tid5 = bit(58); // MTE's ID register
// WFI, WFE (TWI, TWE), cache maintenance by address (TPCP, TPU) and TLB maintenance run natively. E2H = 0: no VHE.
constexpr uint64_t guest = vm | swio | ptw | fmo | imo | amo | tsc | tidcp | tacr | tsw | rw | tea;
} // namespace hcr_el2

namespace cptr_el2 { // layout with HCR_EL2.E2H == 0
constexpr uint64_t res1 = 0x22ff;
constexpr uint64_t tz = bit(8), tsm = bit(12); // SVE, SME; RES1 without them
constexpr uint64_t tta = bit(20);              // trace registers
constexpr uint64_t tam = bit(30);              // activity monitors
constexpr uint64_t guest = res1 | tz | tsm | tta | tam;
} // namespace cptr_el2

namespace mdcr_el2 {
using Hpmn = Field<4, 0>;
constexpr uint64_t tpmcr = bit(5), tpm = bit(6); // PMU; not trapped where it is the guest's
constexpr uint64_t tdosa = bit(10); // OS lock, double lock, power-down requests
constexpr uint64_t tdra = bit(11);  // debug ROM address
constexpr uint64_t tpms = bit(14);  // statistical profiling
constexpr uint64_t hpmd = bit(17);  // event counters stand still at EL2 (FEAT_PMUv3p1)
constexpr uint64_t ttrf = bit(19);  // trace filter
constexpr uint64_t hccd = bit(23);  // so does the cycle counter (FEAT_PMUv3p5)
constexpr uint64_t guest = tdosa | tdra | tpms | ttrf;
} // namespace mdcr_el2

namespace cnthctl_el2 { // layout with HCR_EL2.E2H == 0
constexpr uint64_t el1pcten = bit(0), el1pcen = bit(1); // 1: physical counter and timer are not trapped
constexpr uint64_t guest = el1pcten | el1pcen;
} // namespace cnthctl_el2

namespace sctlr_el2 {
constexpr uint64_t res1 = 0x30c50830;
constexpr uint64_t m = bit(0), c = bit(2), sa = bit(3), i = bit(12), wxn = bit(19);
constexpr uint64_t mmu_off = res1;
constexpr uint64_t mmu_on = res1 | m | c | sa | i | wxn;
} // namespace sctlr_el2

namespace tcr_el2 { // layout with HCR_EL2.E2H == 0
using T0sz = Field<5, 0>;
using Irgn0 = Field<9, 8>;
using Orgn0 = Field<11, 10>;
using Sh0 = Field<13, 12>;
using Ps = Field<18, 16>;
constexpr uint64_t res1 = bit(31) | bit(23);
// 48-bit addresses, 4 KiB granule, walks write-back cacheable and inner shareable
constexpr uint64_t with(uint64_t pa_range) {
    return res1 | T0sz::of(64 - 48) | Irgn0::of(1) | Orgn0::of(1) | Sh0::of(3) | Ps::of(pa_range);
}
} // namespace tcr_el2

namespace vtcr_el2 {
using T0sz = Field<5, 0>;
using Sl0 = Field<7, 6>;
using Irgn0 = Field<9, 8>;
using Orgn0 = Field<11, 10>;
using Sh0 = Field<13, 12>;
using Ps = Field<18, 16>;
constexpr uint64_t res1 = bit(31);
constexpr uint64_t start_level_1 = 1; // SL0 with the 4 KiB granule
constexpr uint64_t with(uint64_t gpa_bits, uint64_t pa_range) {
    return res1 | T0sz::of(64 - gpa_bits) | Sl0::of(start_level_1) | Irgn0::of(1) | Orgn0::of(1) | Sh0::of(3) |
           Ps::of(pa_range);
}
} // namespace vtcr_el2

namespace vttbr_el2 {
using Vmid = Field<55, 48>;
}

namespace esr_el2 {
using Ec = Field<31, 26>;
using Il = Field<25>;
// ISS of data and instruction aborts (D19.2.40)
using Isv = Field<24>;
using Sas = Field<23, 22>;
using Sse = Field<21>;
using Srt = Field<20, 16>;
using Sf = Field<15>;
using FnV = Field<10>;
using S1ptw = Field<7>;
using WnR = Field<6>;
using Fsc = Field<5, 0>;
// ISS of trapped MSR, MRS
using Op0 = Field<21, 20>;
using Op2 = Field<19, 17>;
using Op1 = Field<16, 14>;
using Crn = Field<13, 10>;
using Rt = Field<9, 5>;
using Crm = Field<4, 1>;
using Read = Field<0>;
// ISS of what AArch32 traps have beside these: condition, and MCRR's second opcode and register
using Cv = Field<24>;
using Cond = Field<23, 20>;
using CcKnownPass = Field<19>; // of SMC; 1: the condition may have failed
using Opc1Of64 = Field<19, 16>;
using Rt2 = Field<14, 10>;

enum ExceptionClass : uint32_t {
    ec_unknown = 0x00,
    ec_wfx = 0x01,
    ec_cp15_32 = 0x03, // AArch32 MCR, MRC; MCRR, MRRC
    ec_cp15_64 = 0x04,
    ec_cp14_32 = 0x05,
    ec_cp14_ldc = 0x06, // LDC, STC
    ec_fp = 0x07,
    ec_vmrs = 0x08, // AArch32 VMRS of an ID register
    ec_cp14_64 = 0x0c,
    ec_hvc32 = 0x12,
    ec_smc32 = 0x13,
    ec_hvc64 = 0x16,
    ec_smc64 = 0x17,
    ec_sysreg = 0x18,
    ec_sve = 0x19,
    ec_instruction_abort = 0x20,
    ec_data_abort = 0x24,
};

// The register that an MSR or MRS names, as one number: Op0, Op1, CRn, CRm, Op2.
constexpr uint32_t sysreg(uint32_t op0, uint32_t op1, uint32_t crn, uint32_t crm, uint32_t op2) {
    return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
}
constexpr uint32_t sysreg_of(uint64_t esr) {
    return sysreg(static_cast<uint32_t>(Op0::in(esr)), static_cast<uint32_t>(Op1::in(esr)),
                  static_cast<uint32_t>(Crn::in(esr)), static_cast<uint32_t>(Crm::in(esr)),
                  static_cast<uint32_t>(Op2::in(esr)));
}
// The syndrome of an access to it by register `rt`; read: 1
constexpr uint64_t syndrome_of(uint32_t number, uint64_t rt, uint64_t read) {
    return Op0::of(number >> 14) | Op1::of(number >> 11) | Crn::of(number >> 7) | Crm::of(number >> 3) | Op2::of(number) |
           Rt::of(rt) | Read::of(read);
}
} // namespace esr_el2

// Fault status codes: ISS.DFSC, ISS.IFSC (D19.2.40). The low two bits are the level where there is one.
namespace fsc {
constexpr uint64_t kind_mask = 0x3c;
constexpr uint64_t address_size = 0x00, translation = 0x04, access_flag = 0x08, permission = 0x0c;
constexpr uint64_t alignment = 0x21, unsupported_exclusive = 0x35;
constexpr uint64_t external = 0x10, external_on_walk_first = 0x13, external_on_walk_last = 0x17;
constexpr uint64_t ecc = 0x18, ecc_on_walk_last = 0x1f;
} // namespace fsc

namespace spsr {
using Mode = Field<3, 0>; // with bit 4, nRW
constexpr uint64_t nrw = bit(4);
constexpr uint64_t el1t = 0x4, el1h = 0x5;
constexpr uint64_t f = bit(6), i = bit(7), a = bit(8), d = bit(9);
constexpr uint64_t btype = Field<11, 10>::mask;
constexpr uint64_t ssbs = bit(12), il = bit(20), ss = bit(21), pan = bit(22), uao = bit(23), dit = bit(24), tco = bit(25);
constexpr uint64_t nzcv = Field<31, 28>::mask;
// State of a core after reset
constexpr uint64_t guest_start = d | a | i | f | el1h;
// AArch32 state (Arm ARM C5.2.19, SPSR_EL2, "when exception taken from AArch32 state"); A, I, F as above
using Mode32 = Field<4, 0>;
constexpr uint64_t mode_usr = 0x10, mode_fiq = 0x11, mode_irq = 0x12, mode_svc = 0x13, mode_abt = 0x17, mode_hyp = 0x1a,
                   mode_und = 0x1b, mode_sys = 0x1f;
using Flags = Field<31, 28>; // NZCV
using ItLow = Field<26, 25>;  // IT[1:0]
using ItHigh = Field<15, 10>; // IT[7:2]
constexpr uint64_t t = bit(5), e = bit(9), ssbs32 = bit(23);
constexpr uint64_t guest_start32 = a | i | f | mode_svc;
} // namespace spsr

namespace sctlr_el1 {
constexpr uint64_t span = bit(23), dssbs = bit(44);
constexpr uint64_t reset = 0x30d00800;
} // namespace sctlr_el1

namespace sctlr32 { // the same register as a 32-bit guest sees it (G8.2.125)
constexpr uint64_t v = bit(13), span = bit(23), ee = bit(25), te = bit(30), dssbs = bit(31);
constexpr uint64_t reset = 0x00c50838; // SPAN, nTWE, nTWI, CP15BEN, LSMAOE, nTLSMD and bits that are one
} // namespace sctlr32

} // namespace amp

#endif
