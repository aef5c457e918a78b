// SPDX-License-Identifier: GPL-2.0-only
// A parsed command line: options by name, positionals by their place in the command's table. command_line.cpp fills it
// in.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace amp::ctl {

class Arguments {
public:
    std::map<std::string, std::string, std::less<>> options; // a switch that was given has an empty value
    std::vector<std::vector<std::string>> positionals;

    [[nodiscard]] bool has(std::string_view option) const { return options.contains(option); }
    [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
    // Options that take counts or seconds are proved to be numbers by the parser.
    [[nodiscard]] std::optional<double> number(std::string_view option) const;
    [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const;

    [[nodiscard]] const std::vector<std::string>& list(std::size_t place) const { return positionals.at(place); }
    [[nodiscard]] std::optional<std::string> optional(std::size_t place) const;
    [[nodiscard]] const std::string& one(std::size_t place) const { return positionals.at(place).front(); }
};

} // namespace amp::ctl
