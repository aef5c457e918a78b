// SPDX-License-Identifier: GPL-2.0-only
// The expectations of a run against its log: lines in order, lines that must not be there, the exit status.
#include "verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "process.hpp"

namespace amp::e2e {
namespace {

// A serial console ends its lines with CR LF, and echoes may add more of the former.
std::vector<std::string> lines_of(const std::string& log) {
    std::vector<std::string> lines;
    std::istringstream stream(log);
    for (std::string line; std::getline(stream, line);) {
        std::erase(line, '\r');
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string forbidden_line(const std::vector<std::string>& lines, const std::vector<std::string>& patterns) {
    for (const auto& pattern : patterns) {
        const std::regex regex(pattern, std::regex::optimize);
        const auto found = std::find_if(lines.begin(), lines.end(),
                                        [&](const auto& line) { return std::regex_search(line, regex); });
        if (found != lines.end()) {
            return fmt::format("must not appear (/{}/): {}", pattern, *found);
        }
    }
    return {};
}

std::string missing_line(const std::vector<std::string>& lines, const std::vector<std::string>& patterns) {
    auto position = lines.begin();
    for (const auto& pattern : patterns) {
        const std::regex regex(pattern, std::regex::optimize);
        const auto matches = [&](const auto& line) { return std::regex_search(line, regex); };
        const auto found = std::find_if(position, lines.end(), matches);
        if (found == lines.end()) {
            const bool earlier = std::any_of(lines.begin(), position, matches);
            return fmt::format("did not appear{}: /{}/", earlier ? " in this order" : "", pattern);
        }
        position = found + 1;
    }
    return {};
}

}  // namespace

std::string judge(const Scenario& scenario, int status, const std::string& log) {
    const auto lines = lines_of(log);
    // A kernel warning explains a time-out or a wrong status, not the other way round: look for it first.
    if (auto reason = forbidden_line(lines, scenario.must_not_appear); !reason.empty()) {
        return reason;
    }
    if (status != scenario.status) {
        return status == status_of_time_out ? fmt::format("timed out after {} s", scenario.timeout_s)
                                          : fmt::format("exit status {} in place of {}", status, scenario.status);
    }
    return missing_line(lines, scenario.must_appear);
}

std::vector<std::string> figures(const std::string& log) {
    const std::string mark = "figure: ";
    std::vector<std::string> out;
    for (const auto& line : lines_of(log)) {
        if (line.starts_with(mark)) {
            out.push_back(line.substr(mark.size()));
        }
    }
    return out;
}

std::string tail(const std::string& log, size_t count) {
    const auto lines = lines_of(log);
    const size_t first = lines.size() > count ? lines.size() - count : 0;
    std::string out;
    for (size_t i = first; i < lines.size(); ++i) {
        out += "    " + lines[i] + "\n";
    }
    return out;
}

}  // namespace amp::e2e
