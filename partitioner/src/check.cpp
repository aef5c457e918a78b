// SPDX-License-Identifier: GPL-2.0-only
// Runs the rule table over every partition of every description; see check.hpp. Knows no rule itself.
#include "amp/partitioner/check.hpp"

#include <algorithm>
#include <list>
#include <set>
#include <utility>

#include "checks/rule.hpp"
#include "rule_table.hpp"

namespace amp {

Diagnostics check(const std::vector<Spec>& specs, const World& world, const Disk& disk) {
    CheckContext context{world, disk, {}};
    std::list<LoadedFiles> files;
    for (const auto& spec : specs) {
        for (const auto& partition : spec.partitions) {
            context.subjects.push_back({spec, partition, files.emplace_back()});
        }
    }
    Diagnostics diagnostics;
    std::set<std::pair<std::string_view, std::size_t>> failed;
    for (const Rule* rule : rule_table()) {
        for (std::size_t index = 0; index < context.subjects.size(); ++index) {
            const bool silenced =
                std::any_of(std::begin(rule->needs), std::end(rule->needs), [&](std::string_view need) {
                    return failed.contains({need, index});
                });
            Report report(rule->name, rule->severity, diagnostics);
            if (!silenced) {
                rule->run(context, index, report);
            }
            // A silenced rule counts as failed, so that prerequisites reach through several levels.
            if (silenced || report.count() != 0) {
                failed.insert({rule->name, index});
            }
        }
    }
    diagnostics.sort();
    return diagnostics;
}

} // namespace amp
