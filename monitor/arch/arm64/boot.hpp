// SPDX-License-Identifier: GPL-2.0-only
// What entry.S calls and what it offers.
#ifndef AMP_MONITOR_ARCH_ARM64_BOOT_HPP
#define AMP_MONITOR_ARCH_ARM64_BOOT_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"

namespace amp {

extern "C" {

struct Translation {
    uint64_t mair, tcr, sctlr;
};
extern Translation amp_translation;
extern uint64_t amp_written_end;

// MMU off. Returns the root of the monitor's translation table.
uint64_t amp_prepare(const amp_boot_info* boot, uint64_t ticks);
[[noreturn]] void amp_wrong_level(const amp_boot_info* boot);
// MMU on.
[[noreturn]] void amp_start();

[[noreturn]] void amp_enter_guest(uint64_t x0, uint64_t x1, uint64_t x2);
}

} // namespace amp

#endif
