// SPDX-License-Identifier: GPL-2.0-only
// The words around a console session.
#include "console_session.hpp"

#include "crash_report.hpp"
#include "explain.hpp"

#include <fmt/format.h>

namespace amp::ctl {

PumpOptions pump_options(const Context& context, bool offer_destroy) {
    return {context.args.value("--until"), context.args.timeout(), offer_destroy, false};
}

Outcome<ExitStatus> session_status(Context& context, const std::string& name, PumpEnd end, const amp_query& last) {
    const auto until = context.args.value("--until");
    switch (end) {
    case PumpEnd::text_seen: return ExitStatus::ok;
    case PumpEnd::detach:
    case PumpEnd::destroy: return ExitStatus::ok;
    case PumpEnd::signal: return ExitStatus::interrupted;
    case PumpEnd::timed_out:
        return Err{Error{ExitStatus::timed_out, fmt::format("{} seconds are over", *context.args.value("--timeout")),
                         until ? fmt::format("{} did not print \"{}\"", name, *until) : ""}};
    case PumpEnd::gone:
        return Err{
            Error{ExitStatus::not_found, fmt::format("{} was destroyed", name), "`ampctl list` shows what is left"}};
    case PumpEnd::node_lost:
        return Err{Error{ExitStatus::machine, fmt::format("the back end of {} closed the terminal", name),
                         "`ampctl status` tells whether it runs"}};
    case PumpEnd::guest_ended: break;
    }
    if (last.state == AMP_STATE_LOST)
        return Err{Error{ExitStatus::machine, fmt::format("{} is lost: {}", name, report_text(last.failure)),
                         report_remedy(last.failure)}};
    context.err << fmt::format("\n[{} {}]\n", name, exit_summary(last.exit));
    if (last.state == AMP_STATE_CRASHED) {
        print_crash(context.err, last.exit, "  ");
        return ExitStatus::crashed;
    }
    if (until)
        return Err{Error{ExitStatus::machine, fmt::format("{} ended before it printed \"{}\"", name, *until), ""}};
    return ExitStatus::ok;
}

} // namespace amp::ctl
