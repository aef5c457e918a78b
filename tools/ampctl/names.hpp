// SPDX-License-Identifier: GPL-2.0-only
// Numbers of the ABI in words. Everything that the ABI lists is generated from its lists, so nothing can be missing.
#pragma once

#include <cstdint>
#include <string_view>

namespace amp::ctl {

std::string_view state_name(std::uint32_t state); // "running"; "unknown" for a number of a newer module
std::string_view status_name(std::uint32_t status);
std::string_view status_text(std::uint32_t status);
std::string_view exit_name(std::uint32_t reason);
std::string_view exit_text(std::uint32_t reason);
bool exit_is_crash(std::uint32_t reason);
std::string_view cause_name(std::uint32_t cause); // "VIRTUAL_TIMER"
std::string_view cause_text(std::uint32_t cause);

} // namespace amp::ctl
