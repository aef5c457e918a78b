// SPDX-License-Identifier: GPL-2.0-only
// Exits out of AArch32 state: of a 32-bit guest, or of EL0 under a 64-bit one. vectors.S calls amp_aarch32_exit with the whole
// frame saved; what is no different for AArch32 goes on to amp_trap_exit.
#include "aarch32.hpp"
#include "aarch32_calls.hpp"
#include "aarch32_registers.hpp"
#include "core/hypercall.hpp"
#include "core/mmio.hpp"
#include "core/vcpu.hpp"
#include "syndrome.hpp"
#include "sysreg.hpp"
#include "trap.hpp"
#include "trapped_registers.hpp"

namespace amp {
namespace {

constexpr uint64_t low_half = 0xffffffff;
constexpr unsigned lr_und = 22; // in the AArch64 view of the registers

bool from_el0(uint64_t pstate) { return spsr::Mode32::in(pstate) == spsr::mode_usr; }

// A T32 instruction has its length in ESR_EL2.IL, and may be in an IT block.
void skip_instruction(uint64_t esr) {
    AMP_WRITE_SYSREG(elr_el2, (AMP_READ_SYSREG(elr_el2) + 2 + 2 * esr_el2::Il::in(esr)) & low_half);
    AMP_WRITE_SYSREG(spsr_el2, aarch32::after_instruction(AMP_READ_SYSREG(spsr_el2)) & ~spsr::ss);
}

void undefined(Registers& registers, uint64_t esr) {
    if (!arch::is_aarch32_guest()) {
        return inject_undefined(this_monitor(), esr);
    }
    const aarch32::Entry entry = aarch32::undefined_entry(AMP_READ_SYSREG(elr_el2), AMP_READ_SYSREG(spsr_el2),
                                                          AMP_READ_SYSREG(vbar_el1), AMP_READ_SYSREG(sctlr_el1));
    registers.x[lr_und] = entry.link;
    AMP_WRITE_SYSREG(spsr_und, entry.saved);
    AMP_WRITE_SYSREG(elr_el2, entry.pc);
    AMP_WRITE_SYSREG(spsr_el2, entry.pstate);
    ++this_monitor().stats->undefined;
}

void call(Registers& registers, unsigned cause) {
    this_monitor().count(cause);
    if (!aarch32::prepare_call(registers)) {
        registers.x[0] = static_cast<uint64_t>(int64_t{AMP_HVC_NOT_SUPPORTED});
        return;
    }
    finish_work(this_monitor(), hypercall(this_monitor(), registers), registers);
}

// HVC has been executed, a trapped SMC has not.
void smc(Registers& registers, uint64_t esr) {
    const bool executes = aarch32::would_execute(esr, AMP_READ_SYSREG(spsr_el2));
    skip_instruction(esr);
    if (executes) {
        call(registers, AMP_CAUSE_SMC);
    }
}

// The access in AArch64's form, from or to register `rt`.
bool emulate(Registers& registers, uint32_t number, uint64_t rt, uint64_t direction) {
    return emulate_register(this_monitor(), registers, esr_el2::syndrome_of(number, rt, direction));
}

bool emulate_two(Registers& registers, uint64_t esr, uint32_t number, uint64_t pstate) {
    const uint64_t rt = aarch32::register_view(esr_el2::Rt::in(esr), pstate);
    const uint64_t rt2 = aarch32::register_view(esr_el2::Rt2::in(esr), pstate);
    const uint64_t low = read_register(registers, rt) & low_half, high = read_register(registers, rt2) & low_half;
    // Both halves in x0, which gets back what it had.
    const uint64_t kept = registers.x[0];
    registers.x[0] = low | high << 32;
    const bool done = emulate(registers, number, 0, esr_el2::Read::in(esr));
    const uint64_t value = registers.x[0];
    registers.x[0] = kept;
    if (done && esr_el2::Read::in(esr) != 0) {
        write_register(registers, rt, value & low_half);
        write_register(registers, rt2, value >> 32);
    }
    return done;
}

bool emulate_one(Registers& registers, uint64_t esr, uint32_t number, uint64_t pstate) {
    const uint64_t rt = aarch32::register_view(esr_el2::Rt::in(esr), pstate);
    registers.x[rt] &= low_half;
    return emulate(registers, number, rt, esr_el2::Read::in(esr));
}

// What EL0 may use of these it has without us, so a trap from there means that it may not.
void coprocessor(Registers& registers, uint64_t esr) {
    const uint64_t pstate = AMP_READ_SYSREG(spsr_el2);
    if (!aarch32::would_execute(esr, pstate)) {
        this_monitor().count(AMP_CAUSE_OTHER);
        return skip_instruction(esr);
    }
    const uint32_t number = aarch32::mapped_register(esr);
    if (number == aarch32::none || from_el0(pstate)) {
        this_monitor().count(AMP_CAUSE_SYSREG);
        return undefined(registers, esr);
    }
    const bool done = aarch32::has_two_registers(esr) ? emulate_two(registers, esr, number, pstate)
                                                      : emulate_one(registers, esr, number, pstate);
    return done ? skip_instruction(esr) : undefined(registers, esr);
}

bool device_read(Registers& registers, uint64_t esr, uint64_t gpa, uint64_t pstate) {
    MmioRead read = emulate_read(this_monitor(), gpa, access_width(esr));
    if (read.done == 0) {
        read = forward_read(this_monitor(), registers, gpa, access_width(esr));
    }
    if (read.done == 0) {
        return false;
    }
    const uint64_t value = loaded_value(esr, aarch32::in_guest_order(read.value, access_width(esr), pstate));
    write_register(registers, aarch32::register_view(esr_el2::Srt::in(esr), pstate), value);
    return true;
}

bool device_write(Registers& registers, uint64_t esr, uint64_t gpa, uint64_t pstate) {
    const uint32_t width = access_width(esr);
    const uint64_t source = read_register(registers, aarch32::register_view(esr_el2::Srt::in(esr), pstate)) & low_half;
    const uint64_t value = aarch32::in_guest_order(source, width, pstate);
    return emulate_write(this_monitor(), gpa, width, value) || forward_write(this_monitor(), registers, gpa, width, value);
}

bool device_access(Registers& registers, uint64_t esr) {
    const bool write = esr_el2::WnR::in(esr) != 0;
    if (!is_emulatable(esr, write)) {
        return false;
    }
    const uint64_t pstate = AMP_READ_SYSREG(spsr_el2);
    const uint64_t gpa = emulated_gpa(AMP_READ_SYSREG(hpfar_el2), AMP_READ_SYSREG(far_el2));
    if (!(write ? device_write(registers, esr, gpa, pstate) : device_read(registers, esr, gpa, pstate))) {
        return false;
    }
    skip_instruction(esr);
    return true;
}

} // namespace

extern "C" [[gnu::used]] void amp_aarch32_exit(Registers* registers, uint64_t esr) {
    using namespace esr_el2;
    switch (Ec::in(esr)) {
    case ec_cp15_32:
    case ec_cp15_64:
    case ec_cp14_32:
    case ec_cp14_ldc:
    case ec_cp14_64:
    case ec_fp:
    case ec_vmrs: return coprocessor(*registers, esr);
    case ec_hvc32: return call(*registers, AMP_CAUSE_HVC);
    case ec_smc32: return smc(*registers, esr);
    case ec_data_abort:
        if (device_access(*registers, esr)) {
            return;
        }
        break;
    default:
        if (Ec::in(esr) < ec_instruction_abort) {
            this_monitor().count(AMP_CAUSE_OTHER);
            return undefined(*registers, esr);
        }
        break;
    }
    amp_trap_exit(registers, esr);
}

} // namespace amp
