// SPDX-License-Identifier: GPL-2.0-only
// What the module answers to QUERY, as JSON. Keys are those of the ABI's structures; times are seconds.
#pragma once

#include "selection.hpp"

#include <string>
#include <vector>

namespace amp::ctl {

std::string list_json(const std::vector<Selected>& partitions);
std::string status_json(const std::vector<Selected>& partitions);
std::string stats_json(const std::vector<Selected>& partitions);

} // namespace amp::ctl
