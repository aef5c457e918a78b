// SPDX-License-Identifier: GPL-2.0-only
// Small helpers for messages and names: hexadecimal, sizes, quoting, the nearest of several names, INTID lists.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amp {

std::string hex(std::uint64_t);
// "16 MiB", "4 KiB", "100 bytes": the largest unit that divides it
std::string size_text(std::uint64_t bytes);
std::string quoted(std::string_view);
// "1, 2, 3"
std::string joined(const std::vector<std::string>&, std::string_view separator = ", ");
// The candidate at the smallest edit distance, if that is small for the word's length.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string directory_of(const std::string& path);
std::string file_name_of(const std::string& path);
// directory + "/" + name, or name where it is absolute
std::string path_join(const std::string& directory, const std::string& name);
std::vector<std::string> lines_of(std::string_view);
std::vector<std::string> words_of(std::string_view);
// Decimal, or hexadecimal with 0x; the whole string.
std::optional<std::uint64_t> parse_number(std::string_view);

} // namespace amp
