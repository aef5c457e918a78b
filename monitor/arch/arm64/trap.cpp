// SPDX-License-Identifier: GPL-2.0-only
// Exits from the guest, by exception class. vectors.S calls the amp_*_exit functions with the guest's registers saved; each
// returns to the guest or ends it with a recorded reason.
#include "trap.hpp"

#include <stddef.h>

#include "amp/abi/exit.h"
#include "core/hypercall.hpp"
#include "core/kick.hpp"
#include "core/mmio.hpp"
#include "core/vcpu.hpp"
#include "frame.h"
#include "regs.hpp"
#include "syndrome.hpp"
#include "sysreg.hpp"
#include "trapped_registers.hpp"
#include "undefined.hpp"
#include "vcpu.hpp"

namespace amp {

static_assert(sizeof(Registers) == AMP_FRAME_SIZE && offsetof(Registers, x[31]) == AMP_FRAME_PAD, "frame.h");
static_assert(static_cast<uint32_t>(Work::none) == AMP_WORK_NONE, "frame.h");
static_assert(esr_el2::ec_hvc64 == AMP_EC_HVC64 && esr_el2::ec_data_abort == AMP_EC_DATA_ABORT, "frame.h");

void inject_undefined(Monitor& monitor, uint64_t esr) {
    const uint64_t pstate = AMP_READ_SYSREG(spsr_el2);
    const El1Entry entry = undefined_entry(pstate, AMP_READ_SYSREG(vbar_el1), AMP_READ_SYSREG(sctlr_el1),
                                           esr_el2::Il::in(esr) != 0);
    AMP_WRITE_SYSREG(elr_el1, AMP_READ_SYSREG(elr_el2));
    AMP_WRITE_SYSREG(spsr_el1, pstate);
    AMP_WRITE_SYSREG(esr_el1, entry.esr);
    AMP_WRITE_SYSREG(elr_el2, entry.pc);
    AMP_WRITE_SYSREG(spsr_el2, entry.pstate);
    ++monitor.stats->undefined;
}

namespace {

// Past the trapped instruction. A guest that single-steps has stepped now (Arm ARM D2.11): with SPSR_EL2.SS clear its exception
// comes before the next instruction, which is no branch's target either (BTYPE).
void skip_instruction() {
    AMP_WRITE_SYSREG(elr_el2, AMP_READ_SYSREG(elr_el2) + 4);
    const uint64_t pstate = AMP_READ_SYSREG(spsr_el2);
    if ((pstate & (spsr::ss | spsr::btype)) != 0) [[unlikely]] {
        AMP_WRITE_SYSREG(spsr_el2, pstate & ~(spsr::ss | spsr::btype));
    }
}

[[noreturn]] void crash(uint32_t reason, const Registers& registers, uint64_t esr, uint64_t gpa) {
    this_monitor().count(AMP_CAUSE_FAULT);
    end_guest(this_monitor(), reason, registers, Syndrome{esr, AMP_READ_SYSREG(far_el2), gpa});
}

// What can't be emulated, or is nothing that the partition has.
[[noreturn, gnu::noinline, gnu::cold]] void data_crash(const Registers& registers, uint64_t esr) {
    const uint64_t gpa = fault_gpa(esr, AMP_READ_SYSREG(hpfar_el2), AMP_READ_SYSREG(far_el2));
    crash(data_abort_reason(esr, is_emulated(this_monitor(), gpa)), registers, esr, gpa);
}

bool forward(Registers& registers, uint64_t esr, uint64_t gpa) {
    const uint32_t width = access_width(esr);
    if (esr_el2::WnR::in(esr) != 0) {
        return forward_write(this_monitor(), registers, gpa, width, read_register(registers, esr_el2::Srt::in(esr)));
    }
    const MmioRead read = forward_read(this_monitor(), registers, gpa, width);
    if (read.done != 0) {
        write_register(registers, esr_el2::Srt::in(esr), loaded_value(esr, read.value));
    }
    return read.done != 0;
}

// What amp_device_read and amp_device_write did not do: the answer comes from dom0, or there is none.
[[gnu::noinline, gnu::cold]] void data_abort(Registers& registers, uint64_t esr) {
    const uint64_t gpa = emulated_gpa(AMP_READ_SYSREG(hpfar_el2), AMP_READ_SYSREG(far_el2));
    if (!is_emulatable(esr, esr_el2::WnR::in(esr) != 0) || !forward(registers, esr, gpa)) {
        data_crash(registers, esr);
    }
    skip_instruction();
}

void instruction_abort(Registers& registers, uint64_t esr) {
    const uint64_t gpa = fault_gpa(esr, AMP_READ_SYSREG(hpfar_el2), AMP_READ_SYSREG(far_el2));
    crash(instruction_abort_reason(esr), registers, esr, gpa);
}

void smc(Registers& registers) {
    this_monitor().count(AMP_CAUSE_SMC);
    // Unlike HVC, a trapped SMC has not been executed yet.
    skip_instruction();
    finish_work(this_monitor(), hypercall(this_monitor(), registers), registers);
}

void sysreg(Registers& registers, uint64_t esr) {
    if (emulate_register(this_monitor(), registers, esr)) {
        skip_instruction();
    } else {
        inject_undefined(this_monitor(), esr);
    }
}

// Classes below 0x20 are instructions that the guest does not have (FP in another form, SVE, SME, ...).
void other(Registers& registers, uint64_t esr) {
    if (esr_el2::Ec::in(esr) < esr_el2::ec_instruction_abort) {
        this_monitor().count(AMP_CAUSE_OTHER);
        return inject_undefined(this_monitor(), esr);
    }
    crash(AMP_EXIT_UNKNOWN_TRAP, registers, esr, 0);
}

} // namespace

extern "C" {

[[gnu::used]] uint32_t amp_hvc_exit(Registers* registers) {
    this_monitor().count(AMP_CAUSE_HVC);
    return static_cast<uint32_t>(hypercall(this_monitor(), *registers));
}

[[gnu::used]] uint32_t amp_irq_exit() {
    return static_cast<uint32_t>(this_monitor().gic.handle_irq() ? Work::kick : Work::none);
}

[[gnu::used]] void amp_finish_exit(Registers* registers, uint32_t work) {
    finish_work(this_monitor(), static_cast<Work>(work), *registers);
}

[[gnu::used]] void amp_trap_exit(Registers* registers, uint64_t esr) {
    switch (esr_el2::Ec::in(esr)) {
    case esr_el2::ec_data_abort: return data_abort(*registers, esr);
    case esr_el2::ec_sysreg: return sysreg(*registers, esr);
    case esr_el2::ec_smc64: return smc(*registers);
    case esr_el2::ec_instruction_abort: return instruction_abort(*registers, esr);
    default: return other(*registers, esr);
    }
}

// The frame has x20 to x28 only where the instruction names one of them.
[[gnu::used]] uint32_t amp_device_read(Registers* registers, uint64_t esr) {
    if (!is_emulatable(esr, false)) {
        return 0;
    }
    const uint64_t gpa = emulated_gpa(AMP_READ_SYSREG(hpfar_el2), AMP_READ_SYSREG(far_el2));
    const MmioRead read = emulate_read(this_monitor(), gpa, access_width(esr));
    if (read.done == 0) [[unlikely]] {
        return 0;
    }
    write_register(*registers, esr_el2::Srt::in(esr), loaded_value(esr, read.value));
    skip_instruction();
    return 1;
}

[[gnu::used]] uint32_t amp_device_write(Registers* registers, uint64_t esr) {
    if (!is_emulatable(esr, true)) {
        return 0;
    }
    const uint64_t gpa = emulated_gpa(AMP_READ_SYSREG(hpfar_el2), AMP_READ_SYSREG(far_el2));
    if (!emulate_write(this_monitor(), gpa, access_width(esr), read_register(*registers, esr_el2::Srt::in(esr)))) {
        return 0;
    }
    skip_instruction();
    return 1;
}

[[gnu::used]] void amp_serror_exit(Registers* registers) {
    crash(AMP_EXIT_EXTERNAL_ABORT, *registers, AMP_READ_SYSREG(esr_el2), 0);
}

[[gnu::used]] void amp_monitor_fault(Registers* registers) {
    monitor_fault(this_monitor(), *registers);
}

} // extern "C"

} // namespace amp
