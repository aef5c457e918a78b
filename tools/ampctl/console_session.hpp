// SPDX-License-Identifier: GPL-2.0-only
// What console and run have in common around the pump: options, and what its end means.
#pragma once

#include "command.hpp"
#include "console_pump.hpp"

namespace amp::ctl {

inline constexpr Option until_option{"--until", "TEXT", "end with status 0 as soon as the guest printed TEXT"};

PumpOptions pump_options(const Context& context, bool offer_destroy);

// Tells why it ended, where the user can't know, and gives the exit status.
Outcome<ExitStatus> session_status(Context& context, const std::string& name, PumpEnd end, const amp_query& last);

} // namespace amp::ctl
