// SPDX-License-Identifier: GPL-2.0-only
// ampctl plan FILE...: what create would take from Linux and where it would go.
#include "command.hpp"
#include "plan_output.hpp"
#include "prepare.hpp"

namespace amp::ctl {
namespace {

Outcome<ExitStatus> run(Context& context) {
    const auto plans = make_plans(context, context.args.list(0));
    if (!plans)
        return Err{plans.error()};
    if (context.json())
        context.out << plans_json(*plans) << '\n';
    else
        print_plans(context.out, *plans);
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {files_positional};
constexpr Option options[] = {board_option, live_option, json_option};

} // namespace

constinit const Command plan_command{
    "plan",      "show what would be taken and where it would go",
    positionals, options,
    run,         "Works on any machine; where there is no device tree (a PC), --live names the target's."};

} // namespace amp::ctl
