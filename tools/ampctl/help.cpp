// SPDX-License-Identifier: GPL-2.0-only
// The overview and the page of one command.
#include "help.hpp"

#include "output.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

struct ExitRow {
    int number;
    std::string_view text;
};

constexpr ExitRow exit_rows[] = {
#define AMP_CTL_EXIT_ROW(name, number, text) {(number), (text)},
    AMP_CTL_EXIT_LIST(AMP_CTL_EXIT_ROW)
#undef AMP_CTL_EXIT_ROW
};

std::string usage_line(const Command& command) {
    std::string line = fmt::format("usage: ampctl {}", command.name);
    for (const Option& option : command.options)
        line += option.argument.empty() ? fmt::format(" [{}]", option.name)
                                        : fmt::format(" [{} {}]", option.name, option.argument);
    for (const Positional& positional : command.positionals) {
        const std::string word = fmt::format("{}{}", positional.name, positional.many ? "..." : "");
        line += positional.required ? fmt::format(" {}", word) : fmt::format(" [{}]", word);
    }
    return line;
}

} // namespace

void print_overview(std::ostream& out) {
    out << "usage: ampctl COMMAND [OPTION]... [ARGUMENT]...\n"
           "Runs isolated guests on cores that Linux lends out.\n\n";
    Table table({});
    for (const Command* command : all_commands())
        table.add({std::string(command->name), std::string(command->summary)});
    table.print(out, "  ");
    out << "\n`ampctl help COMMAND` or `ampctl COMMAND --help` tells more. Exit status:\n";
    for (const ExitRow& row : exit_rows)
        out << fmt::format("  {:>3}  {}\n", row.number, row.text);
}

void print_help(std::ostream& out, const Command& command) {
    out << usage_line(command) << "\n" << command.summary << "\n\n";
    Table table({});
    for (const Positional& positional : command.positionals)
        table.add({std::string(positional.name), std::string(positional.help)});
    for (const Option& option : command.options)
        table.add({fmt::format("{}{}{}", option.name, option.argument.empty() ? "" : " ", option.argument),
                   std::string(option.help)});
    table.add({"-h, --help", "this text"});
    table.print(out, "  ");
    if (!command.details.empty())
        out << "\n" << command.details << "\n";
}

} // namespace amp::ctl
