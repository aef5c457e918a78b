// SPDX-License-Identifier: GPL-2.0-only
// Trapped coprocessor accesses of AArch32 as accesses to the AArch64 registers that they are architecturally mapped to, so that
// one table (trapped_registers.cpp) answers both. Pure.
#ifndef AMP_MONITOR_ARCH_ARM64_AARCH32_REGISTERS_HPP
#define AMP_MONITOR_ARCH_ARM64_AARCH32_REGISTERS_HPP

#include "aarch32.hpp"

namespace amp::aarch32 {

// Any register that reads as zero, MDRAR_EL1: for DBGDRAR and DBGDSAR, and for reserved ID registers (Arm ARM K14.1).
constexpr uint32_t zero = esr_el2::sysreg(2, 0, 1, 0, 0);
constexpr uint32_t none = 0;

// MCR and MRC of coprocessor 15 (G7.3)
constexpr uint32_t cp15_32(uint64_t esr) {
    using namespace esr_el2;
    const auto crn = static_cast<uint32_t>(Crn::in(esr)), crm = static_cast<uint32_t>(Crm::in(esr)),
               op2 = static_cast<uint32_t>(Op2::in(esr));
    if (Op1::in(esr) != 0) {
        return none;
    }
    switch (crn) {
    case 0: // ID registers; of CRm 3 only ID_PFR2, ID_DFR1, ID_MMFR5: the rest is AArch64's MVFRs, reserved here
        if (crm == 0) {
            return none;
        }
        return crm < 3 || (crm == 3 && op2 >= 4 && op2 <= 6) ? sysreg(3, 0, 0, crm, op2) : zero;
    case 1: // ACTLR, ACTLR2
        return crm == 0 && (op2 == 1 || op2 == 3) ? sysreg(3, 0, 1, 0, 1) : none;
    case 7: // DCISW, DCCSW, DCCISW
        return (crm == 6 || crm == 10 || crm == 14) && op2 == 2 ? sysreg(1, 0, 7, crm, 2) : none;
    default: return none;
    }
}

// MCR and MRC of coprocessor 14: DBGDRAR, DBGOSLAR, DBGOSLSR, DBGOSDLR, DBGPRCR, DBGDSAR (G7.2)
constexpr uint32_t cp14_32(uint64_t esr) {
    using namespace esr_el2;
    const auto crn = static_cast<uint32_t>(Crn::in(esr)), crm = static_cast<uint32_t>(Crm::in(esr)),
               op2 = static_cast<uint32_t>(Op2::in(esr));
    if (Op1::in(esr) != 0) {
        return none;
    }
    if ((crn == 1 || crn == 2) && crm == 0 && op2 == 0) {
        return zero;
    }
    return crn == 1 && (crm == 0 || crm == 1 || crm == 3 || crm == 4) && op2 == 4 ? sysreg(2, 0, 1, crm, 4) : none;
}

// MCRR of ICC_SGI1R, ICC_ASGI1R, ICC_SGI0R (IHI 0069, 12.7)
constexpr uint32_t cp15_64(uint64_t esr) {
    using namespace esr_el2;
    const auto op1 = static_cast<uint32_t>(Opc1Of64::in(esr));
    return Crm::in(esr) == 12 && op1 <= 2 ? sysreg(3, 0, 12, 11, 5 + op1) : none;
}

// MRRC of DBGDRAR, DBGDSAR
constexpr uint32_t cp14_64(uint64_t esr) {
    using namespace esr_el2;
    return Opc1Of64::in(esr) == 0 && (Crm::in(esr) == 1 || Crm::in(esr) == 2) ? zero : none;
}

// VMRS of MVFR0 to MVFR2, which have descending numbers (F6.1.289)
constexpr uint32_t vmrs(uint64_t esr) {
    using namespace esr_el2;
    const auto number = static_cast<uint32_t>(Crn::in(esr));
    return number >= 5 && number <= 7 ? sysreg(3, 0, 0, 3, 7 - number) : none;
}

// As esr_el2::sysreg(); none: not one that a guest has.
constexpr uint32_t mapped_register(uint64_t esr) {
    switch (esr_el2::Ec::in(esr)) {
    case esr_el2::ec_cp15_32: return cp15_32(esr);
    case esr_el2::ec_cp14_32: return cp14_32(esr);
    case esr_el2::ec_cp15_64: return cp15_64(esr);
    case esr_el2::ec_cp14_64: return cp14_64(esr);
    case esr_el2::ec_vmrs: return vmrs(esr);
    default: return none;
    }
}

constexpr bool has_two_registers(uint64_t esr) {
    return esr_el2::Ec::in(esr) == esr_el2::ec_cp15_64 || esr_el2::Ec::in(esr) == esr_el2::ec_cp14_64;
}

} // namespace amp::aarch32

#endif
