// SPDX-License-Identifier: GPL-2.0-only
// ampctl send NAME CHANNEL [MESSAGE|-]
#include "channel_io.hpp"
#include "command.hpp"
#include "selection.hpp"

#include <fmt/format.h>

#include <sstream>

namespace amp::ctl {
namespace {

constexpr std::chrono::milliseconds default_timeout{5000};

Outcome<std::vector<std::string>> messages_to_send(Context& context) {
    const auto given = context.args.optional(2);
    if (given && *given != "-")
        return std::vector<std::string>{*given};
    auto input = read_all(context.terminal.in);
    if (!input)
        return Err{input.error()};
    if (!context.args.has("--lines"))
        return std::vector<std::string>{std::move(*input)};
    std::vector<std::string> lines;
    std::istringstream stream(*input);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

Outcome<ExitStatus> run(Context& context) {
    const auto one = select_one(context, context.args.one(0));
    if (!one)
        return Err{one.error()};
    const std::string& channel = context.args.one(1);
    const auto messages = messages_to_send(context);
    if (!messages)
        return Err{messages.error()};
    if (context.dry_run()) {
        for (const std::string& message : *messages)
            context.out << fmt::format("would send {} bytes to {} of {}\n", message.size(), channel, one->name);
        return ExitStatus::ok;
    }
    const auto node = open_channel(context, one->name, channel);
    if (!node)
        return Err{node.error()};
    for (const std::string& message : *messages) {
        const Deadline deadline(context.args.timeout().value_or(default_timeout));
        if (const auto sent = send(node->get(), message, context.terminal.stop, deadline); !sent)
            return Err{sent.error()};
    }
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {
    name_positional, channel_positional, {"MESSAGE", "text of one message; - or nothing: standard input", false}};
constexpr Option options[] = {{"--lines", "", "standard input is one message per line, not one altogether"},
                              {"--timeout", "S", "wait so long for room in the ring (default 5)", Value::seconds},
                              dry_run_option};

} // namespace

constinit const Command send_command{"send", "send a message to a guest", positionals, options, run, {}, true};

} // namespace amp::ctl
