// SPDX-License-Identifier: GPL-2.0-only
// A failed call of the module in words: what could not be done, why, and the remedy. Never a bare errno or ioctl name.
#pragma once

#include "device.hpp"

#include <string>
#include <string_view>

namespace amp::ctl {

// `attempt` says what was tried, "start motor": the message becomes "can't start motor: ...".
Error explain(const CallError& error, std::string_view attempt);

// A report's text with its numbers put in: "core 3 is offline".
std::string report_text(const amp_report& report);
std::string report_remedy(const amp_report& report);

} // namespace amp::ctl
