// SPDX-License-Identifier: GPL-2.0-only
// ampctl log NAME: what the monitor of a partition has to say.
#include "command.hpp"
#include "explain.hpp"
#include "output.hpp"
#include "selection.hpp"
#include "signals.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <poll.h>

namespace amp::ctl {
namespace {

// The module has no event for the log, which is for people: looking five times a second is live enough.
constexpr int look_interval_ms = 200;
// Between two looks at Ctrl-C; more than any log holds.
constexpr int reads_per_look = 256;

Outcome<Done> print_new(Context& context, Selected& one, std::uint64_t& position) {
    for (int i = 0; i < reads_per_look; ++i) {
        const auto chunk = one.partition->read_stream(Stream::log, position);
        if (!chunk)
            return Err{explain(chunk.error(), fmt::format("read the log of {}", one.name))};
        if (chunk->lost != 0)
            context.out << fmt::format("[{} bytes were overwritten before they were read]\n", chunk->lost);
        position = chunk->next;
        if (chunk->bytes.empty())
            break;
        context.out << printable(chunk->bytes);
    }
    context.out << std::flush;
    return Done{};
}

bool still_there(Selected& one) {
    const auto query = one.partition->query();
    return query || (query.error().number != ENODEV && query.error().number != ENOENT);
}

Outcome<ExitStatus> run(Context& context) {
    auto one = select_one(context, context.args.one(0));
    if (!one)
        return Err{one.error()};
    std::uint64_t position = 0;
    for (;;) {
        if (const auto printed = print_new(context, *one, position); !printed)
            return Err{printed.error()};
        if (!context.args.has("--follow") || stop_requested(context.terminal.stop) || !context.out)
            return ExitStatus::ok;
        pollfd stop{context.terminal.stop, POLLIN, 0};
        ::poll(&stop, 1, look_interval_ms);
        if (!still_there(*one))
            return ExitStatus::ok;
    }
}

constexpr Positional positionals[] = {name_positional};
constexpr Option options[] = {{"--follow", "", "go on until Ctrl-C, or until the partition is destroyed"}};

} // namespace

constinit const Command log_command{"log", "show the log of a partition's monitor", positionals, options, run, {},
                                    true};

} // namespace amp::ctl
