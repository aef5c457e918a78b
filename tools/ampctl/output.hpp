// SPDX-License-Identifier: GPL-2.0-only
// How sizes, times and tables look, everywhere the same.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace amp::ctl {

std::string size_text(std::uint64_t bytes);      // "16 MiB", "3.5 KiB", "12 bytes"
std::string duration_text(double seconds);       // "850 us", "3.2 s", "2 min 5 s", "3 h 4 min"
std::string address_text(std::uint64_t address); // "0x40000000"
std::string ticks_text(std::uint64_t from, std::uint64_t to, std::uint64_t hz);
double ticks_seconds(std::uint64_t from, std::uint64_t to, std::uint64_t hz);

// Text from elsewhere (a guest, a device tree) without control characters that could steer a terminal.
std::string printable(std::string_view text);

class Table {
public:
    explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    // Columns two blanks apart, the last one unpadded; every line begins with `indent`. An empty heading is left out.
    void print(std::ostream& out, std::string_view indent = "") const;

private:
    std::vector<std::vector<std::string>> rows_;
};

} // namespace amp::ctl
