// SPDX-License-Identifier: GPL-2.0-only
// The order in which a monitor comes up, apart from what only an architecture can do.
#ifndef AMP_MONITOR_CORE_MAIN_HPP
#define AMP_MONITOR_CORE_MAIN_HPP

#include "core/monitor.hpp"
#include "core/partition.hpp"

namespace amp {

// With every shared page mapped: streams, mailbox and statistics. Returns AMP_STATUS_*.
uint32_t attach_shared(Monitor& monitor);
// Checks descriptor and extents, takes over what the descriptor says. Returns AMP_STATUS_*.
uint32_t adopt_partition(Monitor& monitor, const CoreFacts& core);
// The guest is about to run: tells the module, looks for doorbells that rang before anybody was at home. Does not return where
// the module wants it stopped already.
void announce(Monitor& monitor);

inline const amp_partition& descriptor(const Monitor& monitor) {
    return *reinterpret_cast<const amp_partition*>(static_cast<uintptr_t>(monitor.boot.descriptor.pa));
}
inline const amp_extent* extents(const Monitor& monitor) {
    return reinterpret_cast<const amp_extent*>(static_cast<uintptr_t>(monitor.boot.extents.pa));
}

} // namespace amp

#endif
