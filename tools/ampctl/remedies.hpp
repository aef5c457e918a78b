// SPDX-License-Identifier: GPL-2.0-only
// For every status code of the module: how its two numbers are to be read, which exit status it gives, and what the
// reader can do about it. One row per code; tests prove that none is missing.
#pragma once

#include "exit_status.hpp"

#include <cstdint>
#include <string_view>

namespace amp::ctl {

enum class NumberKind { decimal, hex, bytes, version, state, psci, monitor_status };

struct Remedy {
    std::uint32_t status;
    NumberKind value;
    ExitStatus exit;
    std::string_view remedy; // {value} is replaced as in the status text
};

const Remedy* find_remedy(std::uint32_t status);

} // namespace amp::ctl
