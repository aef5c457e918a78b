// SPDX-License-Identifier: GPL-2.0-only
// ampctl list: a line per partition.
#include "command.hpp"
#include "names.hpp"
#include "output.hpp"
#include "query_json.hpp"
#include "selection.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

// A guest that is up waits for them.
void print_not_served(std::ostream& out, const std::vector<Selected>& all) {
    for (const Selected& one : all)
        if (one.virtio && !one.virtio->supervisor &&
            (one.query.state == AMP_STATE_RUNNING || one.query.state == AMP_STATE_PAUSED))
            out << fmt::format("{0}: nobody serves its virtio devices; `ampctl start {0}` does, and the guest goes on\n", one.name);
}

Outcome<ExitStatus> run(Context& context) {
    auto all = select_all(context);
    if (!all)
        return Err{all.error()};
    for (Selected& one : *all)
        one.virtio = virtio_state(context, one.name);
    if (context.json()) {
        context.out << list_json(*all) << '\n';
        return ExitStatus::ok;
    }
    if (all->empty()) {
        context.out << "no partitions\n";
        return ExitStatus::ok;
    }
    Table table({"NAME", "ID", "STATE", "CORE", "MEMORY", "STARTS"});
    for (const Selected& one : *all)
        table.add({one.name, fmt::format("{}", one.query.id), std::string(state_name(one.query.state)),
                   one.query.cpu == AMP_NO_CPU ? "-" : fmt::format("{}", one.query.cpu),
                   size_text(one.query.memory_bytes + one.query.channel_bytes), fmt::format("{}", one.query.starts)});
    table.print(context.out);
    print_not_served(context.out, *all);
    return ExitStatus::ok;
}

constexpr Option options[] = {json_option};

} // namespace

constinit const Command list_command{"list", "list all partitions", {}, options, run};

} // namespace amp::ctl
