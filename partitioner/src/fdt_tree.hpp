// SPDX-License-Identifier: GPL-2.0-only
// Between flattened device trees and TreeNode. fdt_tree.cpp is the only file that includes libfdt.
#pragma once

#include <optional>

#include "amp/base/result.hpp"
#include "tree.hpp"

namespace amp {

bool is_dtb(const Bytes&);
// The error says what is wrong with the blob.
Result<TreeNode, std::string> parse_dtb(const Bytes&);
Bytes write_dtb(const TreeNode& root);
// What is wrong with the blob as a whole; nothing where it can be used.
std::optional<std::string> dtb_error(const Bytes&);
// The base with an overlay (Documentation/devicetree/overlay-notes.rst) merged into it, or why that is not possible.
Result<Bytes, std::string> apply_overlay(const Bytes& base, const Bytes& overlay);

} // namespace amp
