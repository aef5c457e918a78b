// SPDX-License-Identifier: GPL-2.0-only
// The part of a crash report that is different for a 32-bit guest: modes, registers, fault registers by their own names.
#ifndef AMP_CTL_CRASH_REPORT32_HPP
#define AMP_CTL_CRASH_REPORT32_HPP

#include <amp/abi/exit.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace amp::ctl {

// SPSR_EL2.M[4]: the exit came out of AArch32, of a 32-bit guest or of a program under a 64-bit one.
constexpr bool is_aarch32(std::uint64_t pstate) { return (pstate >> 4 & 1) != 0; }
// User mode does not tell whether EL1 is 32-bit; all others do.
constexpr bool is_aarch32_el1(std::uint64_t pstate) { return is_aarch32(pstate) && (pstate & 0xf) != 0; }

std::string mode_text32(std::uint64_t pstate);
// r0 to r15 as the instruction saw them, then the banked ones.
void print_registers32(std::ostream& out, const amp_exit_record& exit, std::string_view indent);
void print_system_registers32(std::ostream& out, const amp_exit_record& exit, std::string_view indent);

} // namespace amp::ctl

#endif
