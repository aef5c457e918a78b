// SPDX-License-Identifier: GPL-2.0-only
// Collecting and formatting diagnostics; see diagnostic.hpp for the text's form.
#include "amp/partitioner/diagnostic.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>

namespace amp {

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::note:
        return "note";
    case Severity::warning:
        return "warning";
    case Severity::error:
        break;
    }
    return "error";
}

constexpr std::size_t source_width_max = 110;

// The source line with a caret under the column. Tabs are kept, so that the caret stays below its character.
static std::string source_with_caret(const Place& place) {
    const auto first = place.source_line.find_first_not_of(" \t\r");
    if (place.line == 0 || first == std::string::npos) {
        return {};
    }
    std::string line = place.source_line.substr(first, place.source_line.find_last_not_of(" \t\r") + 1 - first);
    if (line.size() > source_width_max) {
        line = line.substr(0, source_width_max) + "...";
    }
    const std::string text = "      " + one_line(line) + "\n";
    if (place.column <= first || place.column > place.source_line.size() || place.column - first > source_width_max) {
        return text;
    }
    std::string indent = place.source_line.substr(first, place.column - 1 - first);
    std::replace_if(
        indent.begin(), indent.end(), [](char c) { return c != '\t'; }, ' ');
    return text + "      " + indent + "^\n";
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
            char escaped[5];
            std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
            line += escaped;
        } else {
            line += c;
        }
    }
    return line;
}

std::string format(const Diagnostic& diagnostic) {
    const Place& place = diagnostic.place;
    std::string text;
    if (!place.file.empty()) {
        text += one_line(place.file) + (place.line != 0 ? ":" + std::to_string(place.line) : std::string()) + ": ";
    }
    text += std::string(to_string(diagnostic.severity)) + ": " + one_line(diagnostic.message) + " [" + diagnostic.rule + "]\n";
    if (!place.node.empty()) {
        text += "  " + one_line(place.node + (place.property.empty() ? "" : ": " + place.property)) + "\n";
    }
    text += source_with_caret(place);
    if (!diagnostic.hint.empty()) {
        text += "  hint: " + one_line(diagnostic.hint) + "\n";
    }
    return text;
}

void Diagnostics::add(std::string rule, Severity severity, Place place, std::string message, std::string hint) {
    list_.push_back({std::move(rule), severity, std::move(place), std::move(message), std::move(hint)});
}

void Diagnostics::error(std::string rule, Place place, std::string message, std::string hint) {
    add(std::move(rule), Severity::error, std::move(place), std::move(message), std::move(hint));
}

void Diagnostics::warning(std::string rule, Place place, std::string message, std::string hint) {
    add(std::move(rule), Severity::warning, std::move(place), std::move(message), std::move(hint));
}

void Diagnostics::append(Diagnostics other) {
    list_.insert(list_.end(), std::make_move_iterator(other.list_.begin()), std::make_move_iterator(other.list_.end()));
}

void Diagnostics::sort() {
    std::stable_sort(list_.begin(), list_.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.place.file, a.place.line, a.place.column, a.rule) <
               std::tie(b.place.file, b.place.line, b.place.column, b.rule);
    });
}

std::size_t Diagnostics::error_count() const {
    return static_cast<std::size_t>(
        std::count_if(begin(), end(), [](const Diagnostic& d) { return d.severity == Severity::error; }));
}

std::size_t Diagnostics::warning_count() const {
    return static_cast<std::size_t>(
        std::count_if(begin(), end(), [](const Diagnostic& d) { return d.severity == Severity::warning; }));
}

} // namespace amp
