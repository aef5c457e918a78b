// SPDX-License-Identifier: GPL-2.0-only
// Exception classes, and the instruction-specific part of aborts and system-register traps.
#include "syndrome.hpp"

#include <fmt/format.h>

#include <string_view>

namespace amp::ctl {
namespace {

struct ClassName {
    unsigned number;
    std::string_view text;
};

constexpr ClassName classes[] = {
    {0x00, "unknown reason (an undefined instruction, for instance)"},
    {0x01, "WFI or WFE"},
    {0x03, "AArch32 MCR or MRC (coprocessor 15)"},
    {0x04, "AArch32 MCRR or MRRC (coprocessor 15)"},
    {0x05, "AArch32 MCR or MRC (coprocessor 14)"},
    {0x06, "AArch32 LDC or STC (coprocessor 14)"},
    {0x07, "SVE, SIMD or floating point access"},
    {0x08, "AArch32 VMRS of an ID register"},
    {0x09, "pointer authentication"},
    {0x0c, "AArch32 MRRC (coprocessor 14)"},
    {0x0d, "branch target exception"},
    {0x0e, "illegal execution state"},
    {0x11, "SVC in AArch32"},
    {0x12, "HVC in AArch32"},
    {0x13, "SMC in AArch32"},
    {0x15, "SVC"},
    {0x16, "HVC"},
    {0x17, "SMC"},
    {0x18, "system register access"},
    {0x19, "SVE access"},
    {0x1a, "ERET"},
    {0x1c, "pointer authentication failure"},
    {0x1d, "SME access"},
    {0x20, "instruction abort from a lower exception level"},
    {0x21, "instruction abort at the same exception level"},
    {0x22, "misaligned PC"},
    {0x24, "data abort from a lower exception level"},
    {0x25, "data abort at the same exception level"},
    {0x26, "misaligned SP"},
    {0x28, "floating point exception in AArch32"},
    {0x2c, "floating point exception"},
    {0x2f, "SError"},
    {0x30, "breakpoint from a lower exception level"},
    {0x31, "breakpoint at the same exception level"},
    {0x32, "software step from a lower exception level"},
    {0x33, "software step at the same exception level"},
    {0x34, "watchpoint from a lower exception level"},
    {0x35, "watchpoint at the same exception level"},
    {0x38, "BKPT in AArch32"},
    {0x3c, "BRK"},
};

std::string_view class_text(unsigned ec) {
    for (const ClassName& row : classes)
        if (row.number == ec)
            return row.text;
    return "reserved exception class";
}

// ISS encoding for aborts: fault status code, bits 5:0.
std::string fault_text(unsigned status) {
    const unsigned level = status & 3;
    switch (status >> 2) {
    case 0: return fmt::format("address size fault, level {}", level);
    case 1: return fmt::format("translation fault, level {}", level);
    case 2: return fmt::format("access flag fault, level {}", level);
    case 3: return fmt::format("permission fault, level {}", level);
    default: break;
    }
    switch (status) {
    case 0x10: return "external abort";
    case 0x21: return "alignment fault";
    case 0x30: return "TLB conflict";
    case 0x34: return "lockdown fault";
    case 0x35: return "unsupported exclusive or atomic access";
    default: break;
    }
    if ((status & 0x3c) == 0x14)
        return fmt::format("external abort on a table walk, level {}", level);
    return fmt::format("fault status {:#x}", status);
}

std::string data_abort_text(std::uint64_t iss) {
    const bool write = (iss >> 6 & 1) != 0;
    std::string text = fault_text(iss & 0x3f);
    if ((iss >> 24 & 1) == 0)
        return text + (write ? ", write, no syndrome" : ", read, no syndrome");
    const unsigned bytes = 1u << (iss >> 22 & 3);
    return text + fmt::format(", {} of {} byte{} {} x{}", write ? "write" : "read", bytes, bytes == 1 ? "" : "s",
                              write ? "from" : "to", iss >> 16 & 0x1f);
}

// ISS encoding for MSR, MRS and system instructions.
std::string sysreg_text(std::uint64_t iss) {
    return fmt::format("{} S{}_{}_C{}_C{}_{}, x{}", (iss & 1) != 0 ? "read of" : "write to", iss >> 20 & 3,
                       iss >> 14 & 7, iss >> 10 & 0xf, iss >> 1 & 0xf, iss >> 17 & 7, iss >> 5 & 0x1f);
}

} // namespace

std::string syndrome_text(std::uint64_t esr) {
    const auto ec = static_cast<unsigned>(esr >> 26 & 0x3f);
    const std::uint64_t iss = esr & 0x1ffffff;
    std::string text(class_text(ec));
    switch (ec) {
    case 0x20:
    case 0x21: return text + ": " + fault_text(iss & 0x3f);
    case 0x24:
    case 0x25: return text + ": " + data_abort_text(iss);
    case 0x18: return text + ": " + sysreg_text(iss);
    case 0x15:
    case 0x16:
    case 0x17:
    case 0x3c: return text + fmt::format(" #{}", iss & 0xffff);
    default: return text;
    }
}

} // namespace amp::ctl
