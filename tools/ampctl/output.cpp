// SPDX-License-Identifier: GPL-2.0-only
// Formatting, nothing else.
#include "output.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace amp::ctl {
namespace {

std::string scaled(double value, std::string_view unit) {
    std::string digits = fmt::format("{:.{}f}", value, value < 100 ? 1 : 0);
    if (digits.ends_with(".0"))
        digits.resize(digits.size() - 2);
    return fmt::format("{} {}", digits, unit);
}

} // namespace

std::string size_text(std::uint64_t bytes) {
    static constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024)
        return fmt::format("{} {}", bytes, bytes == 1 ? "byte" : "bytes");
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
        value /= 1024;
    return scaled(value, units[unit]);
}

std::string duration_text(double seconds) {
    if (seconds < 1e-3)
        return fmt::format("{:.0f} us", seconds * 1e6);
    if (seconds < 1)
        return fmt::format("{:.3g} ms", seconds * 1e3);
    if (seconds < 60)
        return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::uint64_t>(seconds);
    if (whole < 3600)
        return fmt::format("{} min {} s", whole / 60, whole % 60);
    if (whole < 86400)
        return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
    return fmt::format("{} d {} h", whole / 86400, whole / 3600 % 24);
}

std::string address_text(std::uint64_t address) { return fmt::format("{:#010x}", address); }

double ticks_seconds(std::uint64_t from, std::uint64_t to, std::uint64_t hz) {
    return hz == 0 || to < from ? 0 : static_cast<double>(to - from) / static_cast<double>(hz);
}

std::string ticks_text(std::uint64_t from, std::uint64_t to, std::uint64_t hz) {
    return duration_text(ticks_seconds(from, to, hz));
}

std::string printable(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7f)
            fmt::format_to(std::back_inserter(result), "\\x{:02x}", byte);
        else
            result.push_back(c);
    }
    return result;
}

void Table::print(std::ostream& out, std::string_view indent) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows_) {
        if (row.empty())
            continue;
        out << indent;
        for (std::size_t i = 0; i < row.size(); ++i)
            out << (i + 1 == row.size() ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]));
        out << '\n';
    }
}

} // namespace amp::ctl
