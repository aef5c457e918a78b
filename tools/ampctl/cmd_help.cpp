// SPDX-License-Identifier: GPL-2.0-only
// ampctl help [COMMAND]
#include "help.hpp"
#include "nearest.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

Outcome<ExitStatus> run(Context& context) {
    const auto name = context.args.optional(0);
    if (!name) {
        print_overview(context.out);
        return ExitStatus::ok;
    }
    if (const Command* command = find_command(*name)) {
        print_help(context.out, *command);
        return ExitStatus::ok;
    }
    std::vector<std::string> names;
    for (const Command* command : all_commands())
        names.emplace_back(command->name);
    const auto guess = nearest(*name, names);
    return Err{Error{ExitStatus::usage, fmt::format("no command \"{}\"", *name),
                     guess ? fmt::format("did you mean \"{}\"?", *guess) : "`ampctl help` lists them"}};
}

constexpr Positional positionals[] = {{"COMMAND", "what to explain (default: everything, briefly)", false}};

} // namespace

constinit const Command help_command{"help", "explain a command", positionals, {}, run};

} // namespace amp::ctl
