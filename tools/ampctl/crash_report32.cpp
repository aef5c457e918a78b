// SPDX-License-Identifier: GPL-2.0-only
// The record has registers by their AArch64 names; the Arm ARM (D1.20) says which AArch32 register each is.
#include "crash_report32.hpp"

#include <fmt/format.h>

#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace amp::ctl {
namespace {

struct Mode {
    unsigned number;
    std::string_view name;
    unsigned sp, lr; // places in the record
};
constexpr Mode modes[] = {{0x10, "usr", 13, 14}, {0x11, "fiq", 29, 30}, {0x12, "irq", 17, 16}, {0x13, "svc", 19, 18},
                          {0x17, "abt", 21, 20}, {0x1b, "und", 23, 22}, {0x1f, "sys", 13, 14}};
constexpr std::size_t shared_bank = std::size(modes) - 1; // sys has the registers of usr

const Mode* mode_of(std::uint64_t pstate) {
    for (const Mode& mode : modes)
        if (mode.number == (pstate & 0x1f))
            return &mode;
    return nullptr;
}

struct Value {
    std::string name;
    std::uint64_t value;
};

void print_values(std::ostream& out, std::span<const Value> values, std::string_view indent) {
    for (std::size_t i = 0; i < values.size(); ++i)
        out << (i % 4 == 0 ? indent : std::string_view(" "))
            << fmt::format("{:>8} {:08x}", values[i].name, values[i].value & 0xffffffff)
            << (i % 4 == 3 || i + 1 == values.size() ? "\n" : "");
}

} // namespace

std::string mode_text32(std::uint64_t pstate) {
    const Mode* const mode = mode_of(pstate);
    std::string masked;
    for (const auto& [bit, letter] : {std::pair{8, 'A'}, std::pair{7, 'I'}, std::pair{6, 'F'}})
        if ((pstate >> bit & 1) != 0)
            masked += letter;
    return fmt::format("AArch32 {}, {}{}, {}", mode != nullptr ? mode->name : "of no known mode",
                       (pstate >> 5 & 1) != 0 ? "T32" : "A32", (pstate >> 9 & 1) != 0 ? ", big-endian" : "",
                       masked.empty() ? "nothing masked" : masked + " masked");
}

void print_registers32(std::ostream& out, const amp_exit_record& exit, std::string_view indent) {
    const Mode* const mode = mode_of(exit.pstate);
    const unsigned first_fiq = mode != nullptr && mode->number == 0x11 ? 16 : 0; // r8_fiq is x24
    std::vector<Value> values;
    for (unsigned i = 0; i < 13; ++i)
        values.push_back({fmt::format("r{}", i), exit.x[i < 8 ? i : i + first_fiq]});
    values.push_back({"sp", exit.x[mode != nullptr ? mode->sp : 13]});
    values.push_back({"lr", exit.x[mode != nullptr ? mode->lr : 14]});
    values.push_back({"pc", exit.pc});
    for (const Mode& bank : std::span(modes).first(shared_bank)) {
        values.push_back({fmt::format("sp_{}", bank.name), exit.x[bank.sp]});
        values.push_back({fmt::format("lr_{}", bank.name), exit.x[bank.lr]});
    }
    print_values(out, values, indent);
}

// Arm ARM, "Architectural mapping" in each register's description: DFSR is ESR_EL1, DFAR and IFAR the halves of FAR_EL1.
void print_system_registers32(std::ostream& out, const amp_exit_record& exit, std::string_view indent) {
    const Value values[] = {{"cpsr", exit.pstate},     {"spsr_svc", exit.spsr_el1},   {"dfsr", exit.esr_el1},
                            {"dfar", exit.far_el1},    {"ifsr", exit.ifsr},           {"ifar", exit.far_el1 >> 32},
                            {"vbar", exit.vbar_el1},   {"sctlr", exit.sctlr_el1},     {"ttbcr", exit.tcr_el1},
                            {"ttbr0", exit.ttbr0_el1}, {"ttbr1", exit.ttbr1_el1}};
    print_values(out, values, indent);
}

} // namespace amp::ctl
