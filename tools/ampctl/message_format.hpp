// SPDX-License-Identifier: GPL-2.0-only
// A message from a guest on standard output: as text, as hex, as JSON or as it is. What a guest sends is never let
// through to a terminal unseen, but for --raw.
#pragma once

#include <string>
#include <string_view>

namespace amp::ctl {

enum class MessageFormat { automatic, hex, raw, json };

std::string format_message(std::string_view message, MessageFormat format);

} // namespace amp::ctl
