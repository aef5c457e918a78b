// SPDX-License-Identifier: GPL-2.0-only
// Binds Gicv3 to the instructions: the ICC registers of the physical and the ICH registers of the virtual CPU interface
// (IHI 0069, 12.2 and 12.4), in their generic form because not every assembler knows them by name. arm64 only.
#ifndef AMP_MONITOR_DRIVERS_GICV3_SYSREGS_HPP
#define AMP_MONITOR_DRIVERS_GICV3_SYSREGS_HPP

#include <stdint.h>

#include "sysreg.hpp"

namespace amp {

struct Gicv3Sysregs {
    static uint64_t read_iar1() { return AMP_READ_SYSREG(S3_0_C12_C12_0); }
    static void write_eoir1(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C12_C12_1, value); }
    static void write_dir(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C12_C11_1, value); }
    static void write_sgi1r(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C12_C11_5, value); }
    static void write_pmr(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C4_C6_0, value); }
    static uint64_t read_ctlr() { return AMP_READ_SYSREG(S3_0_C12_C12_4); }
    static void write_ctlr(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C12_C12_4, value); }
    static void write_igrpen1(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C12_C12_7, value); }
    static void write_sre_el1(uint64_t value) { AMP_WRITE_SYSREG(S3_0_C12_C12_5, value); }
    static void write_sre_el2(uint64_t value) { AMP_WRITE_SYSREG(S3_4_C12_C9_5, value); }

    static uint64_t read_vtr() { return AMP_READ_SYSREG(S3_4_C12_C11_1); }
    static uint64_t read_hcr() { return AMP_READ_SYSREG(S3_4_C12_C11_0); }
    static void write_hcr(uint64_t value) { AMP_WRITE_SYSREG(S3_4_C12_C11_0, value); }
    static void write_vmcr(uint64_t value) { AMP_WRITE_SYSREG(S3_4_C12_C11_7, value); }
    static uint64_t read_elrsr() { return AMP_READ_SYSREG(S3_4_C12_C11_5); }

    static void write_physical_ap1r(unsigned n, uint64_t value) {
        switch (n) {
        case 0: AMP_WRITE_SYSREG(S3_0_C12_C9_0, value); break;
        case 1: AMP_WRITE_SYSREG(S3_0_C12_C9_1, value); break;
        case 2: AMP_WRITE_SYSREG(S3_0_C12_C9_2, value); break;
        default: AMP_WRITE_SYSREG(S3_0_C12_C9_3, value); break;
        }
    }

    // Active priorities of both groups
    static void write_aprs(unsigned n, uint64_t value) {
        switch (n) {
        case 0: AMP_WRITE_SYSREG(S3_4_C12_C8_0, value); AMP_WRITE_SYSREG(S3_4_C12_C9_0, value); break;
        case 1: AMP_WRITE_SYSREG(S3_4_C12_C8_1, value); AMP_WRITE_SYSREG(S3_4_C12_C9_1, value); break;
        case 2: AMP_WRITE_SYSREG(S3_4_C12_C8_2, value); AMP_WRITE_SYSREG(S3_4_C12_C9_2, value); break;
        default: AMP_WRITE_SYSREG(S3_4_C12_C8_3, value); AMP_WRITE_SYSREG(S3_4_C12_C9_3, value); break;
        }
    }

    static uint64_t read_lr_inline(unsigned n);
    static void write_lr_inline(unsigned n, uint64_t value);
    [[gnu::noinline]] static uint64_t read_lr(unsigned n) { return read_lr_inline(n); }
    [[gnu::noinline]] static void write_lr(unsigned n, uint64_t value) { write_lr_inline(n, value); }

    static void isb() { arch::isb(); }
    // What was stored before is seen by others before what is written to the GIC next.
    static void publish() { arch::dsb_ishst(); }
    // What is loaded next is what it was when an interrupt was acknowledged, or newer: the acknowledgement itself orders no
    // memory access, DSB waits for its effects (IHI 0069, 12.1.6).
    static void observe() { arch::dsb_sy(); }
};

// X(n, name)
#define AMP_LIST_REGISTERS(X)                                                                                              \
    X(0, S3_4_C12_C12_0) X(1, S3_4_C12_C12_1) X(2, S3_4_C12_C12_2) X(3, S3_4_C12_C12_3) X(4, S3_4_C12_C12_4)               \
    X(5, S3_4_C12_C12_5) X(6, S3_4_C12_C12_6) X(7, S3_4_C12_C12_7) X(8, S3_4_C12_C13_0) X(9, S3_4_C12_C13_1)               \
    X(10, S3_4_C12_C13_2) X(11, S3_4_C12_C13_3) X(12, S3_4_C12_C13_4) X(13, S3_4_C12_C13_5) X(14, S3_4_C12_C13_6)          \
    X(15, S3_4_C12_C13_7)

#define AMP_READ_LR_CASE(number, name) \
    case number: return AMP_READ_SYSREG(name);
#define AMP_WRITE_LR_CASE(number, name) \
    case number: AMP_WRITE_SYSREG(name, value); break;

// The first two, in which timers and SGIs settle, before the jump table.
inline uint64_t Gicv3Sysregs::read_lr_inline(unsigned n) {
    if (n == 0)
        return AMP_READ_SYSREG(S3_4_C12_C12_0);
    if (n == 1)
        return AMP_READ_SYSREG(S3_4_C12_C12_1);
    switch (n) { AMP_LIST_REGISTERS(AMP_READ_LR_CASE) }
    return 0;
}

inline void Gicv3Sysregs::write_lr_inline(unsigned n, uint64_t value) {
    if (n == 0) {
        AMP_WRITE_SYSREG(S3_4_C12_C12_0, value);
        return;
    }
    if (n == 1) {
        AMP_WRITE_SYSREG(S3_4_C12_C12_1, value);
        return;
    }
    switch (n) { AMP_LIST_REGISTERS(AMP_WRITE_LR_CASE) }
}

#undef AMP_LIST_REGISTERS
#undef AMP_READ_LR_CASE
#undef AMP_WRITE_LR_CASE

} // namespace amp

#endif
