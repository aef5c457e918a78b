// SPDX-License-Identifier: GPL-2.0-only
// Between flattened device trees and TreeNode. fdt_tree.cpp is the only file that includes libfdt.
#pragma once

#include "amp/base/result.hpp"
#include "tree.hpp"

namespace amp {

bool is_dtb(const Bytes&);
// The error says what is wrong with the blob.
Result<TreeNode, std::string> parse_dtb(const Bytes&);
Bytes write_dtb(const TreeNode& root);

} // namespace amp
