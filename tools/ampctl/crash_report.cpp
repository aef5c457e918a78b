// SPDX-License-Identifier: GPL-2.0-only
// The record of include/amp/abi/exit.h as text.
#include "crash_report.hpp"

#include "crash_report32.hpp"
#include "names.hpp"
#include "syndrome.hpp"

#include <fmt/format.h>

#include <iterator>

namespace amp::ctl {
namespace {

// SPSR_EL2.M for AArch64: exception level and stack pointer in use.
std::string mode_text(std::uint64_t pstate) {
    if (is_aarch32(pstate))
        return mode_text32(pstate);
    return fmt::format("EL{}{}, {}", pstate >> 2 & 3, (pstate & 1) != 0 ? "h" : "t",
                       (pstate >> 6 & 0xf) == 0xf ? "all of DAIF masked"
                                                  : fmt::format("DAIF {:04b}", pstate >> 6 & 0xf));
}

void print_system_registers(std::ostream& out, const amp_exit_record& exit, std::string_view indent) {
    const std::pair<std::string_view, std::uint64_t> registers[] = {
        {"sp_el0", exit.sp_el0},       {"sp_el1", exit.sp_el1},       {"elr_el1", exit.elr_el1},
        {"spsr_el1", exit.spsr_el1},   {"esr_el1", exit.esr_el1},     {"far_el1", exit.far_el1},
        {"vbar_el1", exit.vbar_el1},   {"sctlr_el1", exit.sctlr_el1}, {"tcr_el1", exit.tcr_el1},
        {"ttbr0_el1", exit.ttbr0_el1}, {"ttbr1_el1", exit.ttbr1_el1},
    };
    for (std::size_t i = 0; i < std::size(registers); ++i)
        out << (i % 3 == 0 ? indent : std::string_view(" "))
            << fmt::format("{:>9} {:016x}", registers[i].first, registers[i].second)
            << (i % 3 == 2 || i + 1 == std::size(registers) ? "\n" : "");
}

void print_registers(std::ostream& out, const amp_exit_record& exit, std::string_view indent) {
    for (std::size_t i = 0; i < std::size(exit.x); ++i)
        out << (i % 4 == 0 ? indent : std::string_view(" "))
            << fmt::format("{:>3} {:016x}", fmt::format("x{}", i), exit.x[i])
            << (i % 4 == 3 || i + 1 == std::size(exit.x) ? "\n" : "");
}

} // namespace

std::string exit_summary(const amp_exit_record& exit) {
    const std::string_view text = exit_text(exit.reason);
    if (exit.reason == AMP_EXIT_STOPPED)
        return std::string(text);
    return fmt::format("{}: {}", exit_is_crash(exit.reason) ? "crashed" : "stopped", text);
}

void print_crash(std::ostream& out, const amp_exit_record& exit, std::string_view indent) {
    out << indent << fmt::format("reason    {}: {}\n", exit_name(exit.reason), exit_text(exit.reason));
    out << indent << fmt::format("pc        {:#018x} ({})\n", exit.pc, mode_text(exit.pstate));
    out << indent << fmt::format("address   {:#018x} virtual, {:#018x} guest-physical\n", exit.far, exit.ipa);
    out << indent << fmt::format("syndrome  {:#010x}: {}\n", exit.esr, syndrome_text(exit.esr));
    const bool aarch32_el1 = is_aarch32_el1(exit.pstate);
    if (exit.esr_el1 != 0 && !aarch32_el1) // there it is a DFSR
        out << indent
            << fmt::format("before    the guest's own last exception, {:#010x}: {}\n", exit.esr_el1,
                           syndrome_text(exit.esr_el1));
    (is_aarch32(exit.pstate) ? print_registers32 : print_registers)(out, exit, indent);
    (aarch32_el1 ? print_system_registers32 : print_system_registers)(out, exit, indent);
}

} // namespace amp::ctl
