// SPDX-License-Identifier: GPL-2.0-only
// What a command is: a row of data from which parsing, help, completion and errors come. Each cmd_<name>.cpp exports
// one; commands.cpp lists them.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <span>
#include <string_view>

namespace amp::ctl {

// What an option's argument has to be.
enum class Value { text, count, seconds };

struct Option {
    std::string_view name;     // with its dashes: "--json"
    std::string_view argument; // what it takes, for the help: "FILE"; empty for a switch
    std::string_view help;
    Value value = Value::text;
};

struct Positional {
    std::string_view name;
    std::string_view help;
    bool required = true;
    bool many = false;
};

struct Command {
    std::string_view name;
    std::string_view summary;
    std::span<const Positional> positionals;
    std::span<const Option> options;
    Outcome<ExitStatus> (*run)(Context&);
    std::string_view details = {};
    bool waits = false; // stays until something happens: SIGINT and SIGTERM are told to it instead of ending it at once
};

// Options that several commands share, so that they read the same everywhere.
inline constexpr Option json_option{"--json", "", "print JSON"};
inline constexpr Option dry_run_option{"--dry-run", "", "say what would be done and change nothing"};
inline constexpr Option all_option{"--all", "", "every partition"};
inline constexpr Option board_option{"--board", "FILE", "board file or name (default: the board this machine is)"};
inline constexpr Option live_option{"--live", "DTB", "the machine's device tree (default: /sys/firmware/fdt)"};
inline constexpr Option timeout_option{"--timeout", "S", "give up after S seconds (exit status 4)", Value::seconds};

inline constexpr Positional names_positional{"NAME", "partition", false, true};
inline constexpr Positional name_positional{"NAME", "partition"};
inline constexpr Positional optional_name_positional{"NAME", "partition (default: all)", false};
inline constexpr Positional files_positional{"FILE", "description, .dts or .dtb", true, true};
inline constexpr Positional channel_positional{"CHANNEL", "channel of the partition whose peer is dom0"};

extern const Command doctor_command, check_command, plan_command, create_command, start_command, stop_command,
    pause_command, resume_command, destroy_command, run_command, list_command, status_command, stats_command,
    console_command, log_command, send_command, recv_command, rpmsg_command, assign_command, release_command, version_command,
    help_command;

std::span<const Command* const> all_commands();
const Command* find_command(std::string_view name);

} // namespace amp::ctl
