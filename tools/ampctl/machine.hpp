// SPDX-License-Identifier: GPL-2.0-only
// Board, device tree and existing partitions: what descriptions are checked against. --board and --live replace the
// machine that ampctl runs on by another one.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <amp/partitioner/plan.hpp>

namespace amp::ctl {

// Problems in board files and trees go to `diagnostics`.
Outcome<World> make_world(Context& context, Diagnostics& diagnostics);

// The live machine, or nothing where it has no device tree.
Outcome<std::optional<Live>> read_live(Context& context, Diagnostics& diagnostics);
Outcome<Board> read_board(Context& context, const std::optional<Live>& live, Diagnostics& diagnostics);

Error no_device_tree();

} // namespace amp::ctl
