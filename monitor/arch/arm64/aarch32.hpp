// SPDX-License-Identifier: GPL-2.0-only
// What is different about instructions of AArch32 state: conditions, IT blocks, banked registers, byte order, the Undefined
// Instruction exception. Pure functions on SPSR_EL2 and ESR_EL2, so that the host's unit tests can compare them with the manual.
#ifndef AMP_MONITOR_ARCH_ARM64_AARCH32_HPP
#define AMP_MONITOR_ARCH_ARM64_AARCH32_HPP

#include "regs.hpp"

namespace amp::aarch32 {

// ITSTATE; zero outside of an IT block (Arm ARM G1.5).
constexpr uint64_t it_state(uint64_t pstate) { return spsr::ItHigh::in(pstate) << 2 | spsr::ItLow::in(pstate); }
constexpr uint64_t with_it_state(uint64_t pstate, uint64_t it) {
    return spsr::ItLow::replace(spsr::ItHigh::replace(pstate, it >> 2), it & 3);
}

// AArch32.ITAdvance (G1.5): the block ends when no instruction is left in the low bits.
constexpr uint64_t after_instruction(uint64_t pstate) {
    const uint64_t it = it_state(pstate);
    return with_it_state(pstate, (it & 7) == 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f));
}

// ConditionHolds (F2.3.1)
constexpr bool condition_holds(uint64_t condition, uint64_t pstate) {
    const uint64_t flags = spsr::Flags::in(pstate);
    const bool n = (flags & 8) != 0, z = (flags & 4) != 0, c = (flags & 2) != 0, v = (flags & 1) != 0;
    bool holds = true; // 0b111x: always
    switch (condition >> 1) {
    case 0: holds = z; break;
    case 1: holds = c; break;
    case 2: holds = n; break;
    case 3: holds = v; break;
    case 4: holds = c && !z; break;
    case 5: holds = n == v; break;
    case 6: holds = n == v && !z; break;
    default: return true;
    }
    return holds != ((condition & 1) != 0);
}

// Whether a trapped instruction would have been executed: a core may trap one whose condition fails (D1.3.4). Without ISS.CV it
// was a T32 instruction, whose condition is that of the IT block; SMC tells by CCKNOWNPASS.
constexpr bool would_execute(uint64_t esr, uint64_t pstate) {
    using namespace esr_el2;
    if (Ec::in(esr) == ec_smc32 && CcKnownPass::in(esr) == 0) {
        return true;
    }
    if (Cv::in(esr) != 0) {
        return condition_holds(Cond::in(esr), pstate);
    }
    const uint64_t it = it_state(pstate);
    return it == 0 || condition_holds(it >> 4, pstate);
}

// Where a general register lies in the AArch64 view of them (D1.20.1). Syndromes have that view already by today's manual, but
// QEMU's data aborts have the instruction's number, as early manuals said. No mode can name the same register by two numbers that
// this would confuse: an AArch64 view of a banked register is never the instruction's number of another one in that mode.
constexpr uint64_t register_view(uint64_t number, uint64_t pstate) {
    const uint64_t mode = spsr::Mode32::in(pstate);
    if (mode == spsr::mode_fiq && number >= 8 && number <= 14) {
        return number + 16;
    }
    if (number != 13 && number != 14) {
        return number;
    }
    const uint64_t stack_pointer = number == 13 ? 1 : 0;
    switch (mode) {
    case spsr::mode_irq: return 16 + stack_pointer;
    case spsr::mode_svc: return 18 + stack_pointer;
    case spsr::mode_abt: return 20 + stack_pointer;
    case spsr::mode_und: return 22 + stack_pointer;
    default: return number;
    }
}

// What a device register of `width` bytes looks like to a guest that runs big-endian (CPSR.E).
constexpr uint64_t in_guest_order(uint64_t value, uint32_t width, uint64_t pstate) {
    return (pstate & spsr::e) == 0 ? value : __builtin_bswap64(value) >> (64 - 8 * width);
}

struct Entry {
    uint64_t pc, pstate, link, saved; // LR_und, SPSR_und
};

// AArch32.TakeUndefInstrException, AArch32.EnterMode (G1.16, J1.2)
constexpr Entry undefined_entry(uint64_t pc, uint64_t pstate, uint64_t vbar, uint64_t sctlr) {
    const uint64_t base = (sctlr & sctlr32::v) != 0 ? 0xffff0000 : vbar & 0xffffffe0;
    uint64_t entered = with_it_state(pstate, 0) & ~(spsr::Mode32::mask | spsr::t | spsr::e | spsr::il | spsr::ss | spsr::ssbs32);
    entered |= spsr::mode_und | spsr::i;
    entered |= (sctlr & sctlr32::te) != 0 ? spsr::t : 0;
    entered |= (sctlr & sctlr32::ee) != 0 ? spsr::e : 0;
    entered |= (sctlr & sctlr32::span) == 0 ? spsr::pan : 0;
    entered |= (sctlr & sctlr32::dssbs) != 0 ? spsr::ssbs32 : 0;
    // An SPSR of AArch32 has DIT where SPSR_EL2 has SS, and nothing where that has DIT.
    const uint64_t saved = (pstate & ~(spsr::ss | spsr::dit)) | ((pstate & spsr::dit) != 0 ? spsr::ss : 0);
    const uint64_t link = (pc + ((pstate & spsr::t) != 0 ? 2 : 4)) & 0xffffffff;
    return {base + 4, entered, link, saved};
}

} // namespace amp::aarch32

#endif
