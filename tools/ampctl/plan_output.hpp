// SPDX-License-Identifier: GPL-2.0-only
// Plans and diagnostics for people and for programs.
#pragma once

#include <amp/partitioner/diagnostic.hpp>
#include <amp/partitioner/plan.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace amp::ctl {

void print_plans(std::ostream& out, const std::vector<Plan>& plans);
std::string plans_json(const std::vector<Plan>& plans);
std::string diagnostics_json(const Diagnostics& diagnostics);

// "rwx", "r--"
std::string access_text(std::uint32_t access);

} // namespace amp::ctl
