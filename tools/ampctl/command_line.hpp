// SPDX-License-Identifier: GPL-2.0-only
// From argv to a command and its arguments. Parsing is CLI11's, the tables are command.hpp's, the texts are ours.
#pragma once

#include "arguments.hpp"
#include "command.hpp"

#include <span>
#include <string>

namespace amp::ctl {

struct CommandLine {
    const Command* command = nullptr;
    Arguments arguments;
    bool wants_help = false;
};

// `words` are argv without the program's name.
Outcome<CommandLine> parse_command_line(std::span<const std::string> words);

} // namespace amp::ctl
