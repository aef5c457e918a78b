// SPDX-License-Identifier: GPL-2.0-only
// ampctl destroy NAME...
#include "act.hpp"
#include "back_end.hpp"
#include "command.hpp"
#include "output.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

bool always(std::uint32_t) { return true; }

std::string given_back(const amp_query& before) {
    const std::string memory = size_text(before.memory_bytes + before.channel_bytes + before.monitor_bytes);
    return before.cpu == AMP_NO_CPU ? fmt::format("; Linux has its {} again", memory)
                                    : fmt::format("; Linux has core {} and {} again", before.cpu, memory);
}

Outcome<ExitStatus> run(Context& context) {
    return act_on_selected(context, {Action::destroy, "destroy", "destroyed", always, always, "",
                                     destroy_partition, given_back});
}

constexpr Positional positionals[] = {names_positional};
constexpr Option options[] = {all_option, dry_run_option};

} // namespace

constinit const Command destroy_command{"destroy", "stop it if need be and give core and memory back", positionals,
                                        options, run};

} // namespace amp::ctl
