// SPDX-License-Identifier: GPL-2.0-only
// start, stop, pause, resume, destroy: the same steps with other words.
#pragma once

#include "context.hpp"
#include "outcome.hpp"
#include "selection.hpp"

#include <functional>

namespace amp::ctl {

struct ActionWords {
    Action action;
    std::string_view verb; // "stop"
    std::string_view done; // "stopped"
    // Is there anything to do in this state? Naming a partition that is where it should be is no error.
    bool (*needed)(std::uint32_t state);
    // Where it can't be done, the module would only say so; `only` tells where it can: "a paused partition can be
    // resumed".
    bool (*possible)(std::uint32_t state);
    std::string_view only;
    // What acting means where it is more than the module's call; nanoseconds.
    Outcome<std::uint64_t> (*perform)(Context& context, const std::string& name, Partition& partition) = nullptr;
    std::string (*outcome)(const amp_query& before) = nullptr; // more to say, after `done`
    // Of a partition that is up: is something else missing that the command brings? What brings it, and what to say of it.
    bool (*lacks)(const Context& context, const std::string& name) = nullptr;
    Outcome<bool> (*bring)(Context& context, const std::string& name) = nullptr;
    std::string_view brought = "";
};

// Acts on every partition selected by positional 0, even after one failed; the first failure gives the exit status.
Outcome<ExitStatus> act_on_selected(Context& context, const ActionWords& words);

Outcome<Done> act_on(Context& context, Selected& selected, const ActionWords& words);

} // namespace amp::ctl
