// SPDX-License-Identifier: GPL-2.0-only
// What a guest may call by HVC and SMC: PSCI 1.1, SMCCC discovery, and the calls of amp/abi/hypercall.h.
#ifndef AMP_MONITOR_CORE_HYPERCALL_HPP
#define AMP_MONITOR_CORE_HYPERCALL_HPP

#include "core/monitor.hpp"

namespace amp {

// Before the guest's first call: what the firmware offers for this core is passed on to the guest.
void ask_firmware(Monitor& monitor);

// Function in w0, arguments x1-x3, results x0-x3; only x0-x3 are read or written, and only x0 unless the call says otherwise.
Work hypercall(Monitor& monitor, Registers& registers);

} // namespace amp

#endif
