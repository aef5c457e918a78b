// SPDX-License-Identifier: GPL-2.0-only
// Device tree source or blob to a tree in which everything knows its place. Source goes through dtc, a child process;
// libfdt knows no lines, so dtc's annotated output supplies them.
#pragma once

#include "tree.hpp"

namespace amp {

// Rules spec.syntax and spec.not-device-tree. Relative /include/s are looked for in file's directory.
Loaded<TreeNode> read_description(const Bytes&, const std::string& file);

} // namespace amp
