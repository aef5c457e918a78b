// SPDX-License-Identifier: GPL-2.0-only
// Judges a finished run by its exit status and its console log. Pure functions of text; they never look at the machine.
#pragma once

#include <string>
#include <vector>

#include "scenario.hpp"

namespace amp::e2e {

// Why the run failed, in one line; empty: it passed.
std::string judge(const Scenario& scenario, int status, const std::string& log);

// Lines that begin with "figure: ", without that word: numbers a run prints for people, which are never asserted.
std::vector<std::string> figures(const std::string& log);

// The last `count` lines.
std::string tail(const std::string& log, size_t count);

}  // namespace amp::e2e
