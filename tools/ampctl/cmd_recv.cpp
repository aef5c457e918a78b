// SPDX-License-Identifier: GPL-2.0-only
// ampctl recv NAME CHANNEL
#include "channel_io.hpp"
#include "command.hpp"
#include "message_format.hpp"
#include "selection.hpp"

#include <fmt/format.h>

#include <limits>

namespace amp::ctl {
namespace {

MessageFormat format_of(const Context& context) {
    if (context.json())
        return MessageFormat::json;
    if (context.args.has("--raw"))
        return MessageFormat::raw;
    return context.args.has("--hex") ? MessageFormat::hex : MessageFormat::automatic;
}

Outcome<ExitStatus> run(Context& context) {
    const auto one = select_one(context, context.args.one(0));
    if (!one)
        return Err{one.error()};
    const bool follow = context.args.has("--follow");
    const auto node = open_channel(context, one->name, context.args.one(1));
    if (!node)
        return Err{node.error()};
    const auto wanted = follow ? std::numeric_limits<std::uint64_t>::max()
                               : static_cast<std::uint64_t>(context.args.number("--count").value_or(1));
    const Deadline deadline(context.args.timeout());
    for (std::uint64_t count = 0; count < wanted && context.out; ++count) {
        Waited waited = Waited::ready;
        const auto message = receive(node->get(), context.terminal.stop, deadline, waited);
        if (!message)
            return Err{message.error()};
        if (waited == Waited::signal)
            return follow ? ExitStatus::ok : ExitStatus::interrupted;
        if (waited == Waited::timed_out)
            return Err{Error{ExitStatus::timed_out,
                             fmt::format("{} seconds are over", *context.args.value("--timeout")),
                             fmt::format("{} message{} came", count, count == 1 ? "" : "s")}};
        context.out << format_message(**message, format_of(context)) << std::flush;
    }
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {name_positional, channel_positional};
constexpr Option options[] = {
    {"--count", "N", "how many messages (default 1)", Value::count},
    timeout_option,
    {"--follow", "", "go on until Ctrl-C"},
    {"--hex", "", "bytes as hex (default: only where a message is not text)"},
    {"--raw", "", "bytes as they are, nothing in between"},
    {"--json", "", "print one JSON object per message"},
};

} // namespace

constinit const Command recv_command{"recv",      "receive messages from a guest",
                                     positionals, options,
                                     run,         "Takes each message out of the ring: nobody else gets it.",
                                     true};

} // namespace amp::ctl
