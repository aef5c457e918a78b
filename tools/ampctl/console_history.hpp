// SPDX-License-Identifier: GPL-2.0-only
// What a guest printed so far, and what that tells about it.
#pragma once

#include "device.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace amp::ctl {

// The console's history as far back as the module keeps it, without consuming it.
Call<std::string> console_history(Partition& partition);

// "Kernel panic - not syncing: why", if a Linux guest's last words say so: a kernel that panics goes on to run, so nothing
// else shows it. A kernel that booted again since then is well.
std::optional<std::string> linux_panic(std::string_view console);

} // namespace amp::ctl
