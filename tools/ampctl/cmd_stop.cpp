// SPDX-License-Identifier: GPL-2.0-only
// ampctl stop NAME...
#include "act.hpp"
#include "command.hpp"

namespace amp::ctl {
namespace {

bool needed(std::uint32_t state) { return state == AMP_STATE_RUNNING || state == AMP_STATE_PAUSED; }

Outcome<ExitStatus> run(Context& context) {
    return act_on_selected(context, {Action::stop, "stop", "stopped", needed, needed, ""});
}

constexpr Positional positionals[] = {names_positional};
constexpr Option options[] = {all_option, dry_run_option};

} // namespace

constinit const Command stop_command{"stop",
                                     "take the core from a running partition",
                                     positionals,
                                     options,
                                     run,
                                     "The guest can neither prevent nor delay it. Its core is off afterwards; `start` "
                                     "begins anew from the\nimage, `destroy` gives core and memory back to Linux."};

} // namespace amp::ctl
