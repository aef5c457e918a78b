// SPDX-License-Identifier: GPL-2.0-only
// One run of tests/e2e/dom0 for a scenario: its command line, its process, its log file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scenario.hpp"

namespace amp::e2e {

struct Paths {
    std::filesystem::path source;  // top of the tree
    std::filesystem::path arm64;   // build folder of the target's programs
    std::filesystem::path logs;    // <logs>/<scenario>/console.log
};

// Replaces ${source}, ${arm64} and ${foreign} (build/foreign of the source); throws ConfigError for another name.
std::string replace_paths(const std::string& text, const Paths& paths);

// The shell text that dom0 runs: variables, the library, then the scenario's script or commands.
std::string guest_shell(const Scenario& scenario);

// argv for tests/e2e/dom0. File patterns are expanded here; one that matches nothing throws ConfigError.
std::vector<std::string> dom0_arguments(const Scenario& scenario, const Paths& paths);

struct Run {
    int status = 0;  // status_of_time_out when it had to be ended
    double seconds = 0;
    std::string log;
};

// Runs it to its end, then its program on the host if it has one; each in a process group that is gone afterwards.
Run run_scenario(const Scenario& scenario, const Paths& paths);

}  // namespace amp::e2e
