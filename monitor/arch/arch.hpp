// SPDX-License-Identifier: GPL-2.0-only
// What an architecture must provide to core/. The include path decides which arch/<name>/arch_ops.hpp and arch_gic.hpp are
// meant; both define everything below, inline where it lies on the way of an exit.
//
//   uint64_t counter()               the free-running system counter, at once (not synchronised with anything)
//   void wait_for_interrupt()        sleeps until an interrupt is pending for this core, masked or not; may return early
//   void full_barrier()              orders every earlier access before every later one, towards other cores
//   void save_guest_state(record)    all of the guest's registers but x0-x30 and what names the exit
//   TimerState stop_timers()         masks the guest's timers, says how they were and when
//   void restart_timers(state)       as they were; the virtual counter takes up where it stood, the physical one has gone on
//   void pend_doorbell_early(boot, intid)   as Gic::pend_physical_spi(), before the virtual GIC is set up
//   int32_t firmware(function, argument)   a call to the firmware above us, by the SMC Calling Convention
//   [[noreturn]] void leave_core()   nothing of the guest remains in this core's registers and TLBs; gives it to the firmware
//
//   class Gic                        the one virtual GIC, with the calls of core/vgic.hpp, for boot_info.gic_version
#ifndef AMP_MONITOR_ARCH_ARCH_HPP
#define AMP_MONITOR_ARCH_ARCH_HPP

#include "arch_ops.hpp"

#endif
