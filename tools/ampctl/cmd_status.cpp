// SPDX-License-Identifier: GPL-2.0-only
// ampctl status [NAME]: state, core, memory, devices, and why a guest ended.
#include "command.hpp"
#include "console_history.hpp"
#include "crash_report.hpp"
#include "explain.hpp"
#include "names.hpp"
#include "output.hpp"
#include "query_json.hpp"
#include "selection.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

std::string state_text(const amp_query& query) {
    switch (query.state) {
    case AMP_STATE_RUNNING:
    case AMP_STATE_PAUSED:
        return fmt::format("{}, up {}", state_name(query.state),
                           ticks_text(query.start_ticks, query.now_ticks, query.counter_hz));
    case AMP_STATE_STOPPED:
    case AMP_STATE_CRASHED: return exit_summary(query.exit);
    case AMP_STATE_LOST: return fmt::format("lost: {}; {}", report_text(query.failure), report_remedy(query.failure));
    default: return std::string(state_name(query.state));
    }
}

void add_virtio(Table& table, const VirtioState& state) {
    std::string heading = "virtio";
    for (const VirtioDevice& device : state.devices) {
        table.add({heading, printable(fmt::format("{}: {}, {}, {}", device.name, device.type, device.backend,
                                                  device_text(state, device)))});
        heading.clear();
    }
    table.add({"back end", printable(back_end_text(state))});
}

void print_status(Context& context, const Selected& one) {
    const amp_query& query = one.query;
    context.out << fmt::format("{}: {}\n", one.name, state_text(query));
    Table table({});
    table.add({"id", fmt::format("{}", query.id)});
    table.add({"core",
               query.cpu == AMP_NO_CPU ? "none; `ampctl assign CORE " + one.name + "`" : fmt::format("{}", query.cpu)});
    table.add({"memory", fmt::format("{} guest, {} channels, {} monitor, {} image", size_text(query.memory_bytes),
                                     size_text(query.channel_bytes), size_text(query.monitor_bytes),
                                     size_text(query.segment_bytes))});
    table.add({"started", fmt::format("{} time{}, restarted itself {} time{}", query.starts,
                                      query.starts == 1 ? "" : "s", query.resets, query.resets == 1 ? "" : "s")});
    if (one.panic)
        table.add({"panic", printable(*one.panic)});
    const auto channels = channels_of(context, one.name);
    table.add({"channels", channels.empty() ? "none to dom0" : fmt::format("{}", fmt::join(channels, ", "))});
    if (one.virtio)
        add_virtio(table, *one.virtio);
    if (query.state != AMP_STATE_LOST && query.failure.status != AMP_STATUS_OK)
        table.add({"trouble", fmt::format("the last restart failed: {}; {}", report_text(query.failure),
                                          report_remedy(query.failure))});
    table.print(context.out, "  ");
    if (query.state == AMP_STATE_CRASHED)
        print_crash(context.out, query.exit, "  ");
}

// A guest without a console, or one that is destroyed at this moment, has nothing to tell.
void look_for_panic(Selected& one) {
    if (const auto history = console_history(*one.partition))
        one.panic = linux_panic(*history);
}

Outcome<ExitStatus> run(Context& context) {
    auto selected = select(context, 0, true);
    if (!selected)
        return Err{selected.error()};
    for (Selected& one : *selected) {
        look_for_panic(one);
        one.virtio = virtio_state(context, one.name);
    }
    if (context.json()) {
        context.out << status_json(*selected) << '\n';
        return ExitStatus::ok;
    }
    if (selected->empty())
        context.out << "no partitions\n";
    for (const Selected& one : *selected)
        print_status(context, one);
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {optional_name_positional};
constexpr Option options[] = {json_option};

} // namespace

constinit const Command status_command{"status", "show states, and why a guest ended", positionals, options, run};

} // namespace amp::ctl
