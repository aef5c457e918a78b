// SPDX-License-Identifier: GPL-2.0-only
// The Undefined Instruction exception as EL1 would have taken it without us (Arm ARM D1.3.3, AArch64.TakeException): pure, so
// that the host's unit tests can compare it with the manual.
#ifndef AMP_MONITOR_ARCH_ARM64_UNDEFINED_HPP
#define AMP_MONITOR_ARCH_ARM64_UNDEFINED_HPP

#include "regs.hpp"

namespace amp {

struct El1Entry {
    uint64_t pc, pstate, esr;
};

constexpr El1Entry undefined_entry(uint64_t pstate, uint64_t vbar, uint64_t sctlr, bool long_instruction) {
    const bool from_aarch32 = (pstate & spsr::nrw) != 0;
    const uint64_t mode = spsr::Mode::in(pstate);
    uint64_t offset = 0x200; // current level with SP_EL1
    if (from_aarch32) {
        offset = 0x600;
    } else if (mode == 0) {
        offset = 0x400;
    } else if (mode == spsr::el1t) {
        offset = 0;
    }

    // NZCV, DIT stay; PAN too unless SCTLR_EL1.SPAN asks for it; SSBS is SCTLR_EL1.DSSBS; UAO, SS, IL, BTYPE become 0. The three
    // that stay lie at the same place in an SPSR_EL2 of AArch32 state.
    uint64_t entered = pstate & (spsr::nzcv | spsr::dit | spsr::pan);
    entered |= (sctlr & sctlr_el1::span) == 0 ? spsr::pan : 0;
    entered |= (sctlr & sctlr_el1::dssbs) != 0 ? spsr::ssbs : 0;
    entered |= spsr::d | spsr::a | spsr::i | spsr::f | spsr::el1h;
    return {(vbar & ~uint64_t{0x7ff}) + offset, entered, esr_el2::Il::of(long_instruction ? 1 : 0)};
}

} // namespace amp

#endif
