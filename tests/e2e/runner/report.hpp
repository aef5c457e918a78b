// SPDX-License-Identifier: GPL-2.0-only
// What the runner prints: a line for each scenario as it ends, the tail of the log of those that failed, the totals last.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "scenario.hpp"

namespace amp::e2e {

struct Outcome {
    std::string name;
    std::string reason;  // empty: passed
    std::string log_tail;
    std::vector<std::string> figures;
    double seconds = 0;
};

class Report {
public:
    explicit Report(size_t expected) : expected_(expected) {}
    // Called from several threads.
    void add(Outcome outcome);
    // Prints "N passed, N failed" as the last line; true where at least one passed and none failed.
    bool finish();
    void write_junit(const std::filesystem::path& file) const;

private:
    std::mutex mutex_;
    std::vector<Outcome> outcomes_;
    size_t expected_;
};

}  // namespace amp::e2e
