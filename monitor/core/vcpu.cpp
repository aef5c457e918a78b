// SPDX-License-Identifier: GPL-2.0-only
// The order matters: the record is complete and the interrupt controller clean before the module can see the state, because it
// may start the same core again as soon as the firmware says that it is off.
#include "core/vcpu.hpp"

#include "core/doorbell.hpp"
#include "core/kick.hpp"

namespace amp {
namespace {

void write_record(amp_exit_record& record, uint32_t reason, const Registers& registers, const Syndrome& syndrome) {
    record.reason = reason;
    record.esr = syndrome.esr;
    record.far = syndrome.far;
    record.ipa = syndrome.ipa;
    for (unsigned i = 0; i < 31; ++i) {
        record.x[i] = registers.x[i];
    }
    arch::save_guest_state(record);
    record.ticks = arch::counter();
}

} // namespace

void record_end(Monitor& monitor, uint32_t reason, const Registers& registers, const Syndrome& syndrome) {
    write_record(*monitor.exit_record, reason, registers, syndrome);
    monitor.log.line("end: reason ", reason, ", pc ", Hex{monitor.exit_record->pc}, " esr ", Hex{syndrome.esr}, " ipa ",
                     Hex{syndrome.ipa});
}

void end_guest(Monitor& monitor, uint32_t reason, const Registers& registers, const Syndrome& syndrome) {
    record_end(monitor, reason, registers, syndrome);
    monitor.gic.shutdown();
    acknowledge(monitor, AMP_MONITOR_ENDED);
    call_dom0(monitor, AMP_OUTBOX_STATE);
    arch::leave_core();
}

void finish_work(Monitor& monitor, Work work, const Registers& registers) {
    switch (work) {
    case Work::none: return;
    case Work::kick: return handle_kick(monitor, registers);
    case Work::suspend: return wait_for_guest_interrupt(monitor, registers);
    case Work::system_off: return end_guest(monitor, AMP_EXIT_SYSTEM_OFF, registers, Syndrome{});
    case Work::system_reset: return end_guest(monitor, AMP_EXIT_SYSTEM_RESET, registers, Syndrome{});
    case Work::cpu_off: return end_guest(monitor, AMP_EXIT_CPU_OFF, registers, Syndrome{});
    }
}

void refuse(Monitor& monitor, uint32_t status) {
    monitor.log.line("refused: status ", status);
    monitor.mailbox->boot_status = status;
    acknowledge(monitor, AMP_MONITOR_FAILED);
    if (monitor.platform.doorbell_intid != 0) {
        __atomic_fetch_or(&monitor.mailbox->outbox, AMP_OUTBOX_STATE, __ATOMIC_RELEASE);
        arch::pend_doorbell_early(monitor.boot, monitor.platform.doorbell_intid);
    }
    arch::leave_core();
}

} // namespace amp
