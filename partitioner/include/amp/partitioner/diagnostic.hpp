// SPDX-License-Identifier: GPL-2.0-only
// What is wrong, where, by which rule and what would be right: the only form in which the partitioner reports anything.
// Readers and checks add to a Diagnostics list, ampctl prints it; nothing here writes to a stream.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace amp {

enum class Severity { note, warning, error };
std::string_view to_string(Severity);

// Where in the input. line and column count from 1; 0 means unknown (a .dtb has no lines, a whole file no column).
struct Place {
    std::string file;
    unsigned line = 0;
    unsigned column = 0;
    std::string node;        // path, "/domains/motor"
    std::string property;    // name; empty: the node itself
    std::string source_line; // text of that line, for the caret
};

struct Diagnostic {
    std::string rule; // "cpus.boot-core-taken"; listed in docs/checks.md
    Severity severity = Severity::error;
    Place place;
    std::string message; // what is wrong, with the value
    std::string hint;    // what would be right; may be empty
};

/*
 * motor.dts:12: error: core 0 is the boot core, which Linux keeps [cpus.boot-core-taken]
 *   /domains/motor: amp,cores
 *       amp,cores = <0>;
 *       ^
 *   hint: choose one of 1, 2, 3
 */
std::string format(const Diagnostic&);

// Text of unknown origin for a terminal: control characters, which would move its cursor or worse, as \xNN.
std::string one_line(std::string_view);

class Diagnostics {
public:
    void add(Diagnostic diagnostic) { list_.push_back(std::move(diagnostic)); }
    void add(std::string rule, Severity severity, Place place, std::string message, std::string hint);
    void error(std::string rule, Place place, std::string message, std::string hint = {});
    void warning(std::string rule, Place place, std::string message, std::string hint = {});
    void append(Diagnostics other);
    // By file, line, rule: the order in which people read them.
    void sort();

    bool has_errors() const { return error_count() != 0; }
    std::size_t error_count() const;
    std::size_t warning_count() const;
    bool empty() const { return list_.empty(); }
    std::size_t size() const { return list_.size(); }
    auto begin() const { return list_.begin(); }
    auto end() const { return list_.end(); }

private:
    std::vector<Diagnostic> list_;
};

// What a reader returns: the value where one could be made, and everything that was found on the way.
template <typename T>
struct Loaded {
    T value{};
    Diagnostics diagnostics;
    bool ok() const { return !diagnostics.has_errors(); }
};

} // namespace amp
