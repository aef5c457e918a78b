// SPDX-License-Identifier: GPL-2.0-only
// ampctl pause NAME...
#include "act.hpp"
#include "command.hpp"

namespace amp::ctl {
namespace {

bool needed(std::uint32_t state) { return state != AMP_STATE_PAUSED; }

bool possible(std::uint32_t state) { return state == AMP_STATE_RUNNING; }

Outcome<ExitStatus> run(Context& context) {
    return act_on_selected(context,
                           {Action::pause, "pause", "paused", needed, possible, "a running partition can be paused"});
}

constexpr Positional positionals[] = {names_positional};
constexpr Option options[] = {all_option, dry_run_option};

} // namespace

constinit const Command pause_command{
    "pause",     "halt a running guest where it is",
    positionals, options,
    run,         "The guest stands still, its counter goes on. `resume` lets it continue."};

} // namespace amp::ctl
