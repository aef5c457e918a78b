// SPDX-License-Identifier: GPL-2.0-only
// Connects the emulated UART with the console streams, the doorbell to dom0 and the guest's interrupt.
#ifndef AMP_MONITOR_CORE_CONSOLE_HPP
#define AMP_MONITOR_CORE_CONSOLE_HPP

#include "core/monitor.hpp"

namespace amp {

uint16_t console_read(Monitor& monitor, uint32_t offset);
void console_write(Monitor& monitor, uint32_t offset, uint16_t value);
// Kicked: there may be input.
void console_input(Monitor& monitor);

} // namespace amp

#endif
