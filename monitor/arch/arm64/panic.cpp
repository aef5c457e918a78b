// SPDX-License-Identifier: GPL-2.0-only
// A fault in the monitor itself. A guest can't cause it; if a bug of ours does, the module reads where, and the core goes off
// instead of spinning.
#include "core/kick.hpp"
#include "core/vcpu.hpp"
#include "sysreg.hpp"
#include "trap.hpp"
#include "vcpu.hpp"

namespace amp {
namespace {

unsigned fault_count;

} // namespace

// Each step may be the one that faults again; then the next one is tried, down to turning the core off.
void monitor_fault(Monitor& monitor, const Registers& registers) {
    ++fault_count;
    if (monitor.exit_record == nullptr || fault_count > 3) {
        arch::leave_core_without_guest();
    }
    if (fault_count == 1) {
        record_end(monitor, AMP_EXIT_MONITOR_FAULT, registers,
                   Syndrome{AMP_READ_SYSREG(esr_el2), AMP_READ_SYSREG(far_el2), AMP_READ_SYSREG(hpfar_el2) << 8});
        acknowledge(monitor, AMP_MONITOR_ENDED);
        monitor.gic.shutdown();
    }
    if (fault_count <= 2 && monitor.platform.doorbell_intid != 0) {
        __atomic_fetch_or(&monitor.mailbox->outbox, AMP_OUTBOX_STATE, __ATOMIC_RELEASE);
        arch::pend_doorbell_early(monitor.boot, monitor.platform.doorbell_intid);
    }
    arch::leave_core();
}

} // namespace amp
