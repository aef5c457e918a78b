// SPDX-License-Identifier: GPL-2.0-only
// ampctl check FILE...: every rule over all descriptions, everything wrong in one run.
#include "command.hpp"
#include "output.hpp"
#include "plan_output.hpp"
#include "prepare.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

void print_rules(Context& context) {
    Table table({"RULE", "SEVERITY", "CHECKS THAT"});
    for (const RuleInfo& rule : all_rules())
        table.add({std::string(rule.name), std::string(to_string(rule.severity)), std::string(rule.summary)});
    table.print(context.out);
}

Outcome<ExitStatus> run(Context& context) {
    if (context.args.has("--rules")) {
        print_rules(context);
        return ExitStatus::ok;
    }
    if (context.args.list(0).empty())
        return Err{Error{ExitStatus::usage, "FILE is missing", "see `ampctl help check`"}};
    const auto descriptions = read_and_check(context, context.args.list(0));
    if (!descriptions)
        return Err{descriptions.error()};
    const Diagnostics& diagnostics = descriptions->diagnostics;
    if (context.json()) {
        context.out << diagnostics_json(diagnostics) << '\n';
    } else {
        print_diagnostics(context.out, diagnostics);
        if (!context.args.has("--live") && !context.disk.is_directory(LivePaths{}.device_tree))
            context.out
                << "not checked against a machine: there is no device tree here; name the target's with --live\n";
        context.out << diagnostic_counts(diagnostics) << '\n';
    }
    return diagnostics.has_errors() ? ExitStatus::description : ExitStatus::ok;
}

constexpr Positional positionals[] = {{"FILE", "description, .dts or .dtb", false, true}};
constexpr Option options[] = {board_option, live_option, json_option, {"--rules", "", "list all rules instead"}};

} // namespace

constinit const Command check_command{
    "check",     "find everything that is wrong in descriptions",
    positionals, options,
    run,         "Works on any machine; where there is no device tree (a PC), --live names the target's."};

} // namespace amp::ctl
