// SPDX-License-Identifier: GPL-2.0-only
// Text and JUnit output of the runner.
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace amp::e2e {
namespace {

std::string xml(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
        }
    }
    return out;
}

size_t count_failed(const std::vector<Outcome>& outcomes) {
    return static_cast<size_t>(
        std::count_if(outcomes.begin(), outcomes.end(), [](const auto& outcome) { return !outcome.reason.empty(); }));
}

}  // namespace

void Report::add(Outcome outcome) {
    const std::lock_guard lock(mutex_);
    const bool failed = !outcome.reason.empty();
    fmt::print("[{:2}/{}] {:4} {:40} {:6.1f} s\n", outcomes_.size() + 1, expected_, failed ? "FAIL" : "ok", outcome.name,
               outcome.seconds);
    for (const auto& figure : outcome.figures) {
        fmt::print("    {}\n", figure);
    }
    if (failed) {
        fmt::print("  {}\n{}", outcome.reason, outcome.log_tail);
    }
    std::fflush(stdout);
    outcomes_.push_back(std::move(outcome));
}

bool Report::finish() {
    const size_t failed = count_failed(outcomes_);
    for (const auto& outcome : outcomes_) {
        if (!outcome.reason.empty()) {
            fmt::print("failed: {}: {}\n", outcome.name, outcome.reason);
        }
    }
    fmt::print("{} passed, {} failed\n", outcomes_.size() - failed, failed);
    return failed == 0 && !outcomes_.empty() && outcomes_.size() == expected_;
}

void Report::write_junit(const std::filesystem::path& file) const {
    std::ofstream out(file);
    out << fmt::format("<testsuite name=\"e2e\" tests=\"{}\" failures=\"{}\">\n", outcomes_.size(), count_failed(outcomes_));
    for (const auto& outcome : outcomes_) {
        out << fmt::format("<testcase name=\"{}\" time=\"{:.1f}\">", xml(outcome.name), outcome.seconds);
        if (!outcome.reason.empty()) {
            out << fmt::format("<failure message=\"{}\">{}</failure>", xml(outcome.reason), xml(outcome.log_tail));
        }
        out << "</testcase>\n";
    }
    out << "</testsuite>\n";
}

}  // namespace amp::e2e
