// SPDX-License-Identifier: GPL-2.0-only
// ampctl release CORE
#include "command.hpp"
#include "core_number.hpp"
#include "explain.hpp"
#include "selection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amp::ctl {
namespace {

Outcome<ExitStatus> run(Context& context) {
    const auto core = core_number(context.args.one(0));
    if (!core)
        return Err{core.error()};
    auto all = select_all(context);
    if (!all)
        return Err{all.error()};
    const auto owner =
        std::find_if(all->begin(), all->end(), [&](const Selected& one) { return one.query.cpu == *core; });
    if (owner == all->end())
        return Err{Error{ExitStatus::not_found, fmt::format("no partition has core {}", *core),
                         "`ampctl list` shows who has which"}};
    if (context.dry_run()) {
        context.out << fmt::format("would take core {} from {} and give it back to Linux\n", *core, owner->name);
        return ExitStatus::ok;
    }
    const auto released = owner->partition->act(Action::release);
    if (!released)
        return Err{explain(released.error(), fmt::format("release core {} of {}", *core, owner->name))};
    context.out << fmt::format("{}: gave core {} back to Linux\n", owner->name, *core);
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {core_positional};
constexpr Option options[] = {dry_run_option};

} // namespace

constinit const Command release_command{
    "release",   "take a core from a partition, back to Linux",
    positionals, options,
    run,         "The partition must not be running. `assign` gives it another core."};

} // namespace amp::ctl
