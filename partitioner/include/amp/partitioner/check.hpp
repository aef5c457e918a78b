// SPDX-License-Identifier: GPL-2.0-only
// All rules, run over all descriptions at once: cores, memory, images, channels, interrupts, across partitions and
// against the live machine. Everything wrong is reported in one run; a rule whose prerequisite failed keeps quiet.
#pragma once

#include <string>
#include <vector>

#include "amp/partitioner/diagnostic.hpp"
#include "amp/partitioner/plan.hpp"

namespace amp {

// Diagnostics of reading (load_spec) are not repeated: print both lists.
Diagnostics check(const std::vector<Spec>&, const World&, const Disk&);

// A row of the table, for `ampctl check --rules` and the documentation's test.
struct RuleInfo {
    std::string_view name;
    Severity severity;
    std::string_view summary;
};
const std::vector<RuleInfo>& all_rules();

} // namespace amp
