// SPDX-License-Identifier: GPL-2.0-only
// Tells systemd, where it started this process (Type=notify), that the devices are served. Called once, by launch().
#pragma once

#include "config.hpp"

namespace amp::backend {

// sd_notify(3), READY=1. Nothing where nobody asked for it.
Outcome<Done> notify_ready();

} // namespace amp::backend
