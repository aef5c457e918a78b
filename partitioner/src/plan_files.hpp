// SPDX-License-Identifier: GPL-2.0-only
// The part of planning that reads files: what is loaded where, device tree and info page included. Called by planner.cpp
// once cores, channels and regions are in the plan.
#pragma once

#include <optional>
#include <string>

#include "amp/partitioner/plan.hpp"

namespace amp {

// Fills in everything from Plan::entry on; the diagnostic says what stood in the way.
std::optional<Diagnostic> plan_files(Plan&, const Spec&, const PartitionSpec&, const World&, const Disk&);

// What fails in planning was right when it was checked: somebody changed a file or the machine meanwhile.
Diagnostic plan_changed(const PartitionSpec&, std::string message);

} // namespace amp
