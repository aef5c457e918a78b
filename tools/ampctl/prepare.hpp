// SPDX-License-Identifier: GPL-2.0-only
// From description files to plans: the part that check, plan, create, start and run share. Reads files and asks the
// module what exists; changes nothing.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <amp/partitioner/check.hpp>
#include <amp/partitioner/plan.hpp>

#include <string>
#include <vector>

namespace amp::ctl {

struct Descriptions {
    World world;
    std::vector<Spec> specs;
    Diagnostics diagnostics; // of reading and of all rules, sorted
};

// Reads and checks everything. An Error only where the surroundings are missing (a board file, a device tree that was
// named).
Outcome<Descriptions> read_and_check(Context& context, const std::vector<std::string>& files);

// The same, then plans; diagnostics go to context.err, and errors among them end it.
Outcome<std::vector<Plan>> make_plans(Context& context, const std::vector<std::string>& files);

void print_diagnostics(std::ostream& out, const Diagnostics& diagnostics);

// "2 errors, 1 warning"
std::string diagnostic_counts(const Diagnostics& diagnostics);

// Does a command-line word mean a description and not a partition's name?
bool is_description(const Context& context, const std::string& word);

} // namespace amp::ctl
