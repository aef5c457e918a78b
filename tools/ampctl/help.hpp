// SPDX-License-Identifier: GPL-2.0-only
// Help texts, made from the commands' tables.
#pragma once

#include "command.hpp"

#include <ostream>

namespace amp::ctl {

void print_overview(std::ostream& out);
void print_help(std::ostream& out, const Command& command);

} // namespace amp::ctl
