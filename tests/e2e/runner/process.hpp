// SPDX-License-Identifier: GPL-2.0-only
// Runs a program with its output in a file and a limit of time. Nothing of its process group is left when it returns.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace amp::e2e {

inline constexpr int status_of_time_out = 124;  // as timeout(1) says it

struct Ended {
    int status = 0;  // 128 + signal where one ended it
    bool timed_out = false;
    double seconds = 0;
};

Ended run_process(const std::vector<std::string>& arguments, const std::filesystem::path& log, int limit_s);

}  // namespace amp::e2e
