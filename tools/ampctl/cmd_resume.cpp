// SPDX-License-Identifier: GPL-2.0-only
// ampctl resume NAME...
#include "act.hpp"
#include "command.hpp"

namespace amp::ctl {
namespace {

bool needed(std::uint32_t state) { return state != AMP_STATE_RUNNING; }

bool possible(std::uint32_t state) { return state == AMP_STATE_PAUSED; }

Outcome<ExitStatus> run(Context& context) {
    return act_on_selected(
        context, {Action::resume, "resume", "resumed", needed, possible, "a paused partition can be resumed"});
}

constexpr Positional positionals[] = {names_positional};
constexpr Option options[] = {all_option, dry_run_option};

} // namespace

constinit const Command resume_command{"resume", "let a paused guest continue", positionals, options, run, {}};

} // namespace amp::ctl
