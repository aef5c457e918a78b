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

Outcome<ExitStatus> run(Context& context) {
    const auto all = select_all(context);
    if (!all)
        return Err{all.error()};
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
    return ExitStatus::ok;
}

constexpr Option options[] = {json_option};

} // namespace

constinit const Command list_command{"list", "list all partitions", {}, options, run};

} // namespace amp::ctl
