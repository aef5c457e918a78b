// SPDX-License-Identifier: GPL-2.0-only
// ampctl stats [NAME]: what a partition costs and what it did.
#include "command.hpp"
#include "names.hpp"
#include "output.hpp"
#include "query_json.hpp"
#include "selection.hpp"

#include <fmt/format.h>

#include <numeric>

namespace amp::ctl {
namespace {

std::string reached_guest(const amp_query& query) {
    if (query.starts == 0)
        return "never started";
    if (query.stats.guest_ticks == 0)
        return "the guest's first instruction was not reached";
    return fmt::format("{} ({} to the monitor, {} in it)",
                       ticks_text(query.start_ticks, query.stats.guest_ticks, query.counter_hz),
                       ticks_text(query.start_ticks, query.stats.monitor_ticks, query.counter_hz),
                       ticks_text(query.stats.monitor_ticks, query.stats.guest_ticks, query.counter_hz));
}

void print_exits(std::ostream& out, const amp_stats& stats) {
    const std::uint64_t total = std::accumulate(std::begin(stats.exits), std::end(stats.exits), std::uint64_t{0});
    out << fmt::format("  exits to the monitor: {}\n", total);
    Table table({});
    for (std::uint32_t cause = 0; cause < AMP_CAUSE_COUNT; ++cause)
        if (stats.exits[cause] != 0)
            table.add({std::string(cause_text(cause)), fmt::format("{}", stats.exits[cause])});
    table.print(out, "    ");
}

void print_stats(std::ostream& out, const Selected& one) {
    const amp_query& query = one.query;
    const amp_stats& stats = query.stats;
    out << fmt::format("{}: {}\n", one.name, state_name(query.state));
    Table table({});
    if (query.starts != 0)
        table.add({"since start", ticks_text(query.start_ticks, query.now_ticks, query.counter_hz)});
    table.add({"start to first instruction", reached_guest(query)});
    table.add(
        {"interrupts injected", fmt::format("{}, {} times more than list registers", stats.injected, stats.overflows)});
    table.add({"doorbells", fmt::format("{} in, {} out", stats.doorbells_in, stats.doorbells_out)});
    table.add({"console", fmt::format("{} in, {} out", size_text(stats.console_in), size_text(stats.console_out))});
    table.add({"undefined instructions", fmt::format("{}", stats.undefined)});
    table.add({"guest memory", size_text(query.memory_bytes)});
    table.add({"channel memory", size_text(query.channel_bytes)});
    table.add({"monitor memory", fmt::format("{}, {} of it translation tables", size_text(query.monitor_bytes),
                                             size_text(stats.table_pages * AMP_PAGE_SIZE))});
    table.add({"image kept for restart", size_text(query.segment_bytes)});
    table.print(out, "  ");
    print_exits(out, stats);
}

Outcome<ExitStatus> run(Context& context) {
    const auto selected = select(context, 0, true);
    if (!selected)
        return Err{selected.error()};
    if (context.json()) {
        context.out << stats_json(*selected) << '\n';
        return ExitStatus::ok;
    }
    if (selected->empty())
        context.out << "no partitions\n";
    for (const Selected& one : *selected)
        print_stats(context.out, one);
    return ExitStatus::ok;
}

constexpr Positional positionals[] = {optional_name_positional};
constexpr Option options[] = {json_option};

} // namespace

constinit const Command stats_command{"stats", "show exits, interrupts, times and memory", positionals, options, run};

} // namespace amp::ctl
