// SPDX-License-Identifier: GPL-2.0-only
// ampctl start NAME|FILE...: names start what exists, files are created first.
#include "act.hpp"
#include "back_end.hpp"
#include "command.hpp"
#include "creation.hpp"
#include "prepare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amp::ctl {
namespace {

bool needed(std::uint32_t state) { return state != AMP_STATE_RUNNING; }
bool possible(std::uint32_t state) { return state != AMP_STATE_PAUSED && state != AMP_STATE_LOST; }

constexpr ActionWords words{
    Action::start,   "start",        "started",
    needed,          possible,       "a created or ended partition can be started; `resume` lets a paused one continue",
    start_partition, nullptr,        lacks_back_end, ensure_back_end, "its virtio devices are served again"};

Outcome<ExitStatus> start_files(Context& context) {
    const auto plans = make_plans(context, context.args.list(0));
    if (!plans)
        return Err{plans.error()};
    if (context.dry_run()) {
        describe_creation(context.out, *plans);
        for (const Plan& plan : *plans)
            context.out << fmt::format("would start {}\n", plan.name);
        return ExitStatus::ok;
    }
    auto created = create_all(context, *plans);
    if (!created)
        return Err{created.error()};
    if (const auto started = start_all(context, *created); !started) {
        undo(context, *created);
        return Err{started.error()};
    }
    for (const Created& one : *created)
        context.out << fmt::format("{}: created and started\n", one.name);
    return ExitStatus::ok;
}

Outcome<ExitStatus> run(Context& context) {
    const auto& arguments = context.args.list(0);
    const auto described = std::count_if(arguments.begin(), arguments.end(),
                                         [&](const std::string& word) { return is_description(context, word); });
    if (described == 0)
        return act_on_selected(context, words);
    if (described != static_cast<std::ptrdiff_t>(arguments.size()))
        return Err{Error{ExitStatus::usage, "names and files in one call", "start them by two calls"}};
    return start_files(context);
}

constexpr Positional positionals[] = {{"NAME|FILE", "partition, or a description to create first", false, true}};
constexpr Option options[] = {all_option, board_option, dry_run_option};

} // namespace

constinit const Command start_command{
    "start",
    "start created or ended partitions, or those of a description",
    positionals,
    options,
    run,
    "A partition that ended begins anew: clean memory, the image loaded again. A word that ends in .dts or\n"
    ".dtb, has a / or names a file is a description: its partitions are created and started, all or none.\n"
    "Where a partition has virtio devices, amp-virtio is run first, unless it serves them already. For a partition\n"
    "that is up and whose amp-virtio has ended, that is all that it does: another one carries on."};

} // namespace amp::ctl
