// SPDX-License-Identifier: GPL-2.0-only
// Why a guest came to its end, for people.
#pragma once

#include <amp/abi/exit.h>

#include <ostream>
#include <string>

namespace amp::ctl {

// "crashed: write to an address the partition does not have" or "stopped: guest called PSCI SYSTEM_OFF"
std::string exit_summary(const amp_exit_record& exit);

// Class, addresses, syndrome and registers of a crash.
void print_crash(std::ostream& out, const amp_exit_record& exit, std::string_view indent);

} // namespace amp::ctl
