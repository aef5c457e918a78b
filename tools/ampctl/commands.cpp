// SPDX-License-Identifier: GPL-2.0-only
// The table of all commands, in the order in which the help shows them.
#include "command.hpp"

namespace amp::ctl {
namespace {

constexpr const Command* commands[] = {
    &doctor_command,  &check_command,   &plan_command,    &create_command, &start_command, &stop_command,
    &pause_command,   &resume_command,  &destroy_command, &run_command,    &list_command,  &status_command,
    &stats_command,   &console_command, &log_command,     &send_command,   &recv_command,  &rpmsg_command,
    &assign_command,  &release_command, &version_command, &help_command,
};

} // namespace

std::span<const Command* const> all_commands() { return commands; }

const Command* find_command(std::string_view name) {
    for (const Command* command : commands)
        if (command->name == name)
            return command;
    return nullptr;
}

} // namespace amp::ctl
