// SPDX-License-Identifier: GPL-2.0-only
// Binds register names to instructions; only this file and the assembler sources contain MRS and MSR. Registers that the
// assembler may not know are given in their generic form, S<op0>_<op1>_C<n>_C<m>_<op2>.
#ifndef AMP_MONITOR_ARCH_ARM64_SYSREG_HPP
#define AMP_MONITOR_ARCH_ARM64_SYSREG_HPP

#include <stdint.h>

// AMP_READ_SYSREG(HCR_EL2), AMP_WRITE_SYSREG(HCR_EL2, value): volatile, in program order with each other, but not with memory
// accesses: synchronise with isb() or dsb() where the architecture asks for it.
#define AMP_READ_SYSREG(name)                                    \
    __extension__({                                              \
        uint64_t amp_value_;                                     \
        __asm__ __volatile__("mrs %0, " #name : "=r"(amp_value_)); \
        amp_value_;                                              \
    })
#define AMP_WRITE_SYSREG(name, value) \
    __asm__ __volatile__("msr " #name ", %x0" : : "rZ"(static_cast<uint64_t>(value)) : "memory")

namespace amp::arch {

// HCR_EL2.RW: what EL1 is.
inline bool is_aarch32_guest() { return (AMP_READ_SYSREG(hcr_el2) & 1ull << 31) == 0; }

inline void isb() { __asm__ __volatile__("isb" : : : "memory"); }
inline void dsb_sy() { __asm__ __volatile__("dsb sy" : : : "memory"); }
inline void dsb_ish() { __asm__ __volatile__("dsb ish" : : : "memory"); }
inline void dsb_ishst() { __asm__ __volatile__("dsb ishst" : : : "memory"); }
inline void dsb_nsh() { __asm__ __volatile__("dsb nsh" : : : "memory"); }

} // namespace amp::arch

#endif
