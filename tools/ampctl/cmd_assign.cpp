// SPDX-License-Identifier: GPL-2.0-only
// ampctl assign CORE NAME
#include "command.hpp"
#include "core_number.hpp"
#include "explain.hpp"
#include "selection.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

Outcome<ExitStatus> run(Context& context) {
    const auto core = core_number(context.args.one(0));
    if (!core)
        return Err{core.error()};
    auto one = select_one(context, context.args.one(1));
    if (!one)
        return Err{one.error()};
    if (one->query.cpu == *core) {
        context.out << fmt::format("{}: has core {} already\n", one->name, *core);
        return ExitStatus::ok;
    }
    if (one->query.cpu != AMP_NO_CPU)
        return Err{Error{ExitStatus::machine, fmt::format("{} has core {} already", one->name, one->query.cpu),
                         fmt::format("release that one first: `ampctl release {}`", one->query.cpu)}};
    if (context.dry_run()) {
        context.out << fmt::format("would give core {} to {}\n", *core, one->name);
        return ExitStatus::ok;
    }
    const auto assigned = one->partition->assign(*core);
    if (!assigned)
        return Err{explain(assigned.error(), fmt::format("give core {} to {}", *core, one->name))};
    context.out << fmt::format("{}: has core {}\n", one->name, *core);
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {core_positional, name_positional};
constexpr Option options[] = {dry_run_option};

} // namespace

constinit const Command assign_command{
    "assign",    "give a core to a partition that is not running",
    positionals, options,
    run,         "A partition has one core: `release` the one it has first. It keeps the new one until `release`."};

} // namespace amp::ctl
