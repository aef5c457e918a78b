// SPDX-License-Identifier: GPL-2.0-only
// All rules that check() runs, in an order in which prerequisites come before their dependents.
#pragma once

#include <vector>

namespace amp {

struct Rule;
const std::vector<const Rule*>& rule_table();

} // namespace amp
