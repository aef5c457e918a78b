// SPDX-License-Identifier: GPL-2.0-only
// ampctl run FILE [NAME]: create, start, console; what it made is destroyed at the end unless one detached.
#include "command.hpp"
#include "console_session.hpp"
#include "creation.hpp"
#include "nearest.hpp"
#include "prepare.hpp"
#include "selection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amp::ctl {
namespace {

// Which partition of the file the console belongs to: the named one, else the first.
Outcome<std::size_t> pick_partition(const std::vector<Plan>& plans, const std::optional<std::string>& name) {
    std::vector<std::string> names;
    for (const Plan& plan : plans)
        names.push_back(plan.name);
    if (names.empty())
        return Err{Error{ExitStatus::description, "the description has no partition", "see docs/description.md"}};
    const auto found = name ? std::find(names.begin(), names.end(), *name) : names.begin();
    if (found != names.end())
        return static_cast<std::size_t>(found - names.begin());
    const auto guess = nearest(*name, names);
    return Err{
        Error{ExitStatus::not_found, fmt::format("the description has no partition \"{}\"", *name),
              guess ? fmt::format("did you mean \"{}\"?", *guess) : fmt::format("it has {}", fmt::join(names, ", "))}};
}

Outcome<ExitStatus> attend(Context& context, Created& one, bool has_console, bool& detached) {
    FileDescriptor node;
    if (has_console) {
        auto opened = open_channel(context, one.name, "console");
        if (!opened)
            return Err{opened.error()};
        node = std::move(*opened);
    }
    ConsolePump pump(context, *one.partition, node.get(), pump_options(context, true));
    const auto end = pump.run();
    if (!end)
        return Err{end.error()};
    detached = *end == PumpEnd::detach && !context.args.has("--destroy-on-exit");
    return session_status(context, one.name, *end, pump.last_query());
}

Outcome<ExitStatus> run(Context& context) {
    const auto plans = make_plans(context, {context.args.one(0)});
    if (!plans)
        return Err{plans.error()};
    const auto place = pick_partition(*plans, context.args.optional(1));
    if (!place)
        return Err{place.error()};
    if (context.dry_run()) {
        describe_creation(context.out, *plans);
        context.out << fmt::format("would start {} and attach to the console of {}\n",
                                   plans->size() == 1 ? "it" : "them", (*plans)[*place].name);
        return ExitStatus::ok;
    }
    auto created = create_all(context, *plans);
    if (!created)
        return Err{created.error()};
    bool detached = false;
    Outcome<ExitStatus> status = ExitStatus::ok;
    if (const auto started = start_all(context, *created); started)
        status = attend(context, (*created)[*place], (*plans)[*place].platform.console.has_value(), detached);
    else
        status = Err{started.error()};
    if (detached)
        context.err << fmt::format("\n[{} runs on; `ampctl console {}` attaches again]\n", (*plans)[*place].name,
                                   (*plans)[*place].name);
    else
        undo(context, *created);
    return status;
}

constexpr Positional positionals[] = {{"FILE", "description, .dts or .dtb"},
                                      {"NAME", "whose console (default: the first partition)", false}};
constexpr Option options[] = {until_option,
                              timeout_option,
                              {"--destroy-on-exit", "", "destroy also after detaching"},
                              board_option,
                              dry_run_option};

} // namespace

constinit const Command run_command{
    "run",
    "create, start and attach to the console",
    positionals,
    options,
    run,
    "Creates and starts every partition of FILE. When the guest at the console ends, its reason is printed\n"
    "and everything that was created is destroyed. Ctrl-] and then d detaches and leaves it running, Ctrl-]\n"
    "and then q stops and destroys; so do SIGINT, SIGTERM, a closed terminal, --until and --timeout.",
    true};

} // namespace amp::ctl
