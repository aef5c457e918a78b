// SPDX-License-Identifier: GPL-2.0-only
// A fault in the monitor itself. A guest can't cause it; if a bug of ours does, the module reads where, and the core goes off
// instead of spinning.
#include "core/vcpu.hpp"
#include "sysreg.hpp"
#include "trap.hpp"
#include "vcpu.hpp"

namespace amp {
namespace {

bool faulted;

} // namespace

void monitor_fault(Monitor& monitor, const Registers& registers) {
    // A fault before anything is shared, or in handling one: nothing can be told, but the core goes off.
    if (faulted || monitor.exit_record == nullptr) {
        arch::leave_core_without_guest();
    }
    faulted = true;
    end_guest(monitor, AMP_EXIT_MONITOR_FAULT, registers,
              Syndrome{AMP_READ_SYSREG(esr_el2), AMP_READ_SYSREG(far_el2), AMP_READ_SYSREG(hpfar_el2) << 8});
}

} // namespace amp
