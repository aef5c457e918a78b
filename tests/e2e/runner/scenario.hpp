// SPDX-License-Identifier: GPL-2.0-only
// What one end-to-end run boots, does and expects, and how runs.yaml becomes a list of them. Everything here is data: nothing
// is started and no file is looked at; errors in the text become ConfigError with the line they stand on.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace amp::e2e {

struct Machine {
    std::string kernel;
    std::string cpu;
    int gic = 3;
    int smp = 4;
    int memory_mib = 1024;
    std::string append;
    std::string reserve; // ADDR:SIZE that dom0's Linux leaves alone
    bool images = false; // what guests with virtio devices boot from
    std::vector<std::string> qemu; // further arguments, with ${...} not yet replaced
};

struct Scenario {
    std::string name;
    std::string group;
    Machine machine;
    std::vector<std::string> files;  // dom0's --add, with ${...} not yet replaced
    std::string script;              // file under the scenarios folder; empty: only commands
    std::string commands;            // shell, run after the script's library was read
    std::string host;                // program under tests/e2e, run on the host after dom0; its output joins the log
    std::map<std::string, std::string> variables;
    std::vector<std::string> must_appear;  // regular expressions, in this order, one line each
    std::vector<std::string> must_not_appear;
    int timeout_s = 0;
    int status = 0;
};

enum class Length { test, soak };

class ConfigError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Reads runs.yaml, expands each entry's matrix and takes the repetition counts for `length`.
std::vector<Scenario> read_scenarios(const std::string& text, Length length);

struct Selection {
    std::vector<std::string> groups;   // empty: all
    std::vector<std::string> filters;  // substrings of the name, any of them; empty: all
};

std::vector<Scenario> select(const std::vector<Scenario>& all, const Selection& selection);

}  // namespace amp::e2e
