// SPDX-License-Identifier: GPL-2.0-only
// A core on the command line: Linux's number, as in cpu3 or 3.
#pragma once

#include "command.hpp"

#include <charconv>
#include <string>

namespace amp::ctl {

inline constexpr Positional core_positional{"CORE", "Linux's number of a core, as `ampctl doctor` lists them"};

inline Outcome<std::uint32_t> core_number(const std::string& word) {
    const char* begin = word.data() + (word.starts_with("cpu") ? 3 : 0);
    const char* end = word.data() + word.size();
    std::uint32_t number = 0;
    const auto parsed = std::from_chars(begin, end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end)
        return Err{
            Error{ExitStatus::usage, "\"" + word + "\" is not a core's number", "give Linux's number, such as 3"}};
    return number;
}

} // namespace amp::ctl
