// SPDX-License-Identifier: GPL-2.0-only
// Which emulated device answers at a guest-physical address. Called with a decoded access; never touches the guest's registers.
#ifndef AMP_MONITOR_CORE_MMIO_HPP
#define AMP_MONITOR_CORE_MMIO_HPP

#include "core/monitor.hpp"

namespace amp {

struct MmioAccess {
    uint64_t gpa;
    uint64_t value; // to be written; of a read, the answer
    uint32_t width; // 1, 2, 4 or 8 bytes
    bool write;
};

enum class MmioResult { done, nobody_there, bad_access };

MmioResult emulate_mmio(Monitor& monitor, MmioAccess& access);
// Whether a device is emulated there at all.
bool is_emulated(const Monitor& monitor, uint64_t gpa);

} // namespace amp

#endif
