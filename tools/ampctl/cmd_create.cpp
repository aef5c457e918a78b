// SPDX-License-Identifier: GPL-2.0-only
// ampctl create FILE...
#include "command.hpp"
#include "creation.hpp"
#include "output.hpp"
#include "prepare.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

Outcome<ExitStatus> run(Context& context) {
    const auto plans = make_plans(context, context.args.list(0));
    if (!plans)
        return Err{plans.error()};
    if (context.dry_run()) {
        describe_creation(context.out, *plans);
        return ExitStatus::ok;
    }
    auto created = create_all(context, *plans);
    if (!created)
        return Err{created.error()};
    if (const auto kept = keep_all(*created); !kept) {
        undo(context, *created);
        return Err{kept.error()};
    }
    for (const Plan& plan : *plans)
        context.out << fmt::format("{}: created, {} of memory\n", plan.name,
                                   size_text(plan.memory_bytes() + plan.channel_bytes()));
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {files_positional};
constexpr Option options[] = {board_option, dry_run_option};

} // namespace

constinit const Command create_command{
    "create",
    "take memory and cores from Linux and load the guests",
    positionals,
    options,
    run,
    "All partitions of all files or none: where one can't be made, those before it are undone. A created\n"
    "partition waits for `start`; `destroy` gives everything back."};

} // namespace amp::ctl
