// SPDX-License-Identifier: GPL-2.0-only
// The part of the guest's device tree that is copied from the machine's: its assigned devices.
#pragma once

#include "amp/partitioner/plan.hpp"
#include "tree.hpp"

namespace amp {

// Adds each device of the plan below the root, with what it refers to where that can be given. first_phandle and up are free.
void add_devices(TreeNode& root, const Plan&, const Live&, std::uint32_t gic_phandle, std::uint32_t first_phandle);

// Whether a property of an assigned device is left out of the copy on purpose, without a word: it says how the board is set up.
bool is_board_setup(std::string_view property);

} // namespace amp
