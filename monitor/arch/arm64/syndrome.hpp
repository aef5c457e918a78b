// SPDX-License-Identifier: GPL-2.0-only
// Reads trap syndromes: pure functions from ESR_EL2, HPFAR_EL2 and FAR_EL2 to what the guest tried and why it failed. Used by
// trap.cpp and by the host's unit tests.
#ifndef AMP_MONITOR_ARCH_ARM64_SYNDROME_HPP
#define AMP_MONITOR_ARCH_ARM64_SYNDROME_HPP

#include "amp/abi/exit.h"
#include "core/monitor.hpp"
#include "regs.hpp"

namespace amp {

// HPFAR_EL2.FIPA is bits 47:12 of the address in bits 43:4. The offset in the page is FAR_EL2's, unless the fault was one of a
// table walk: then it is not known.
constexpr uint64_t fault_gpa(uint64_t esr, uint64_t hpfar, uint64_t far) {
    const uint64_t page = (hpfar & Field<43, 4>::mask) << 8;
    return esr_el2::S1ptw::in(esr) != 0 ? page : page | (far & 0xfff);
}

constexpr uint64_t read_register(const Registers& registers, uint64_t number) {
    return number == 31 ? 0 : registers.x[number]; // XZR
}
constexpr void write_register(Registers& registers, uint64_t number, uint64_t value) { registers.x[number] = value; }

// A stage-2 translation fault of an instruction whose syndrome tells all that is needed to emulate it.
constexpr bool is_emulatable(uint64_t esr, bool write) {
    using namespace esr_el2;
    constexpr uint64_t looked_at = S1ptw::mask | WnR::mask | fsc::kind_mask;
    return Isv::in(esr) != 0 && (esr & looked_at) == (fsc::translation | WnR::of(write));
}
// The address of such a fault.
constexpr uint64_t emulated_gpa(uint64_t hpfar, uint64_t far) { return (hpfar << 8 & ~uint64_t{0xfff}) | (far & 0xfff); }

constexpr uint32_t access_width(uint64_t esr) { return 1u << esr_el2::Sas::in(esr); }

// A device's answer as the load instruction wants it: sign-extended from its width, cut to the register's.
constexpr uint64_t loaded_value(uint64_t esr, uint64_t value) {
    using namespace esr_el2;
    if (Sse::in(esr) == 0) [[likely]] {
        return value;
    }
    const unsigned unused_bits = 64 - 8 * access_width(esr);
    const uint64_t extended = static_cast<uint64_t>(static_cast<int64_t>(value << unused_bits) >> unused_bits);
    return Sf::in(esr) != 0 ? extended : extended & 0xffffffff;
}

constexpr bool is_external(uint64_t status) {
    return status == fsc::external || (status >= fsc::external_on_walk_first && status <= fsc::ecc_on_walk_last);
}

// Why an abort that nobody can handle ends the guest: AMP_EXIT_*.
constexpr uint32_t instruction_abort_reason(uint64_t esr) {
    using namespace esr_el2;
    const uint64_t status = Fsc::in(esr);
    if (is_external(status)) {
        return AMP_EXIT_EXTERNAL_ABORT;
    }
    if (S1ptw::in(esr) != 0) {
        return AMP_EXIT_TABLE_WALK;
    }
    switch (status & fsc::kind_mask) {
    case fsc::address_size:
    case fsc::translation: return AMP_EXIT_UNMAPPED_FETCH;
    case fsc::permission: return AMP_EXIT_DENIED_FETCH;
    default: return AMP_EXIT_UNKNOWN_TRAP;
    }
}

// `emulated`: a device of ours is there, so the access was one that can't be emulated.
constexpr uint32_t data_abort_reason(uint64_t esr, bool emulated) {
    using namespace esr_el2;
    const uint64_t status = Fsc::in(esr);
    const bool write = WnR::in(esr) != 0;
    if (is_external(status)) {
        return AMP_EXIT_EXTERNAL_ABORT;
    }
    if (S1ptw::in(esr) != 0) {
        return AMP_EXIT_TABLE_WALK;
    }
    if (status == fsc::alignment || status == fsc::unsupported_exclusive) {
        return AMP_EXIT_BAD_DEVICE_ACCESS;
    }
    switch (status & fsc::kind_mask) {
    case fsc::address_size:
    case fsc::translation:
        if (emulated) {
            return Isv::in(esr) != 0 ? AMP_EXIT_BAD_DEVICE_ACCESS : AMP_EXIT_NO_SYNDROME;
        }
        return write ? AMP_EXIT_UNMAPPED_WRITE : AMP_EXIT_UNMAPPED_READ;
    case fsc::permission: return write ? AMP_EXIT_DENIED_WRITE : AMP_EXIT_DENIED_READ;
    default: return AMP_EXIT_UNKNOWN_TRAP;
    }
}

} // namespace amp

#endif
