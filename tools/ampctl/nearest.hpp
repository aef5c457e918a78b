// SPDX-License-Identifier: GPL-2.0-only
// Which of these names did somebody mean? For misspelt commands, options, partitions and channels.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amp::ctl {

// Insertions, removals, replacements and swaps of neighbours that turn one text into the other.
std::size_t edit_distance(std::string_view from, std::string_view to);

// The closest candidate, where one is close enough to be meant.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace amp::ctl
