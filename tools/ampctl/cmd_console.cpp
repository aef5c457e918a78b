// SPDX-License-Identifier: GPL-2.0-only
// ampctl console NAME: history, then live; ampctl console NAME DEVICE: a virtio console, live.
#include "command.hpp"
#include "console_history.hpp"
#include "console_pump.hpp"
#include "console_session.hpp"
#include "explain.hpp"
#include "selection.hpp"
#include "virtio_console.hpp"

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
    const auto device = context.args.optional(1);
    if (device && context.args.has("--history"))
        return Err{Error{ExitStatus::usage, "a virtio console has no history", "leave --history out"}};
    auto one = select_one(context, context.args.one(0));
    if (!one)
        return Err{one.error()};
    if (context.args.has("--history"))
        return print_history(context, *one);
    const auto node = device ? open_virtio_console(context, one->name, *device)
                             : open_channel(context, one->name, "console");
    if (!node)
        return Err{node.error()};
    PumpOptions settings = pump_options(context, false);
    settings.from_node = device.has_value();
    ConsolePump pump(context, *one->partition, node->get(), settings);
    const auto end = pump.run();
    if (!end)
        return Err{end.error()};
    return session_status(context, one->name, *end, pump.last_query());
}

constexpr Positional positionals[] = {name_positional,
                                      {"DEVICE", "virtio console (default: the PL011)", false}};
constexpr Option options[] = {{"--history", "", "print what there is and end"}, until_option, timeout_option};

} // namespace

constinit const Command console_command{
    "console",
    "attach to a guest's console",
    positionals,
    options,
    run,
    "Shows the history, then what comes. What is typed, or piped in, goes to the guest. Ctrl-] and then d\n"
    "leaves; the guest runs on. Ends by itself when the guest ends: status 7 after a crash. DEVICE\n"
    "names a virtio,console with back end pty, which has no history.",
    true};

} // namespace amp::ctl
