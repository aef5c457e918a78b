// SPDX-License-Identifier: GPL-2.0-only
// ampctl console NAME: history, then live.
#include "command.hpp"
#include "console_history.hpp"
#include "console_pump.hpp"
#include "console_session.hpp"
#include "explain.hpp"
#include "selection.hpp"

namespace amp::ctl {
namespace {

Outcome<ExitStatus> print_history(Context& context, Selected& one) {
    const auto history = console_history(*one.partition);
    if (!history)
        return Err{explain(history.error(), "read the console")};
    context.out << *history;
    return ExitStatus::ok;
}

Outcome<ExitStatus> run(Context& context) {
    auto one = select_one(context, context.args.one(0));
    if (!one)
        return Err{one.error()};
    if (context.args.has("--history"))
        return print_history(context, *one);
    const auto node = open_channel(context, one->name, "console");
    if (!node)
        return Err{node.error()};
    ConsolePump pump(context, *one->partition, node->get(), pump_options(context, false));
    const auto end = pump.run();
    if (!end)
        return Err{end.error()};
    return session_status(context, one->name, *end, pump.last_query());
}

constexpr Positional positionals[] = {name_positional};
constexpr Option options[] = {{"--history", "", "print what there is and end"}, until_option, timeout_option};

} // namespace

constinit const Command console_command{
    "console",
    "attach to a guest's console",
    positionals,
    options,
    run,
    "Shows the history, then what comes. What is typed, or piped in, goes to the guest. Ctrl-] and then d\n"
    "leaves; the guest runs on. Ends by itself when the guest ends: status 7 after a crash.",
    true};

} // namespace amp::ctl
