// SPDX-License-Identifier: GPL-2.0-only
// One action on several partitions.
#include "act.hpp"

#include "dispatch.hpp"
#include "explain.hpp"
#include "names.hpp"
#include "output.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

Outcome<std::uint64_t> perform(Context& context, Selected& selected, const ActionWords& words) {
    if (words.perform != nullptr)
        return words.perform(context, selected.name, *selected.partition);
    const auto elapsed = selected.partition->act(words.action);
    if (!elapsed)
        return Err{explain(elapsed.error(), fmt::format("{} {}", words.verb, selected.name))};
    return *elapsed;
}

bool is_up(std::uint32_t state) { return state == AMP_STATE_RUNNING || state == AMP_STATE_PAUSED; }

Outcome<Done> bring(Context& context, const std::string& name, const ActionWords& words) {
    if (context.dry_run()) {
        context.out << fmt::format("would run the back end of {}\n", name);
        return Done{};
    }
    const auto brought = words.bring(context, name);
    if (!brought)
        return Err{brought.error()};
    context.out << fmt::format("{}: {}\n", name, words.brought);
    return Done{};
}

} // namespace

Outcome<Done> act_on(Context& context, Selected& selected, const ActionWords& words) {
    const std::uint32_t state = selected.query.state;
    if (words.lacks != nullptr && is_up(state) && words.lacks(context, selected.name))
        return bring(context, selected.name, words);
    if (!words.needed(state)) {
        context.out << fmt::format("{}: nothing to {}, it is {}\n", selected.name, words.verb, state_name(state));
        return Done{};
    }
    if (!words.possible(state))
        return Err{Error{ExitStatus::machine,
                         fmt::format("can't {} {}: it is {}", words.verb, selected.name, state_name(state)),
                         fmt::format("only {}", words.only)}};
    if (context.dry_run()) {
        context.out << fmt::format("would {} {} ({})\n", words.verb, selected.name, state_name(state));
        return Done{};
    }
    const auto elapsed = perform(context, selected, words);
    if (!elapsed)
        return Err{elapsed.error()};
    context.out << fmt::format("{}: {} in {}{}\n", selected.name, words.done,
                               duration_text(static_cast<double>(*elapsed) / 1e9),
                               words.outcome != nullptr ? words.outcome(selected.query) : "");
    return Done{};
}

Outcome<ExitStatus> act_on_selected(Context& context, const ActionWords& words) {
    auto selected = select(context, 0);
    if (!selected)
        return Err{selected.error()};
    ExitStatus status = ExitStatus::ok;
    for (Selected& one : *selected) {
        const auto result = act_on(context, one, words);
        if (result)
            continue;
        print_error(context.err, result.error());
        status = status == ExitStatus::ok ? result.error().status : status;
    }
    return status;
}

} // namespace amp::ctl
