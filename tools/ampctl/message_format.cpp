// SPDX-License-Identifier: GPL-2.0-only
// Formatting of one message.
#include "message_format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace amp::ctl {
namespace {

bool is_text(std::string_view message) {
    return std::all_of(message.begin(), message.end(),
                       [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n'; });
}

std::string hex_text(std::string_view message) {
    std::string text;
    for (const char c : message)
        fmt::format_to(std::back_inserter(text), "{}{:02x}", text.empty() ? "" : " ", static_cast<unsigned char>(c));
    return text;
}

} // namespace

std::string format_message(std::string_view message, MessageFormat format) {
    switch (format) {
    case MessageFormat::raw: return std::string(message);
    case MessageFormat::hex: return hex_text(message) + "\n";
    case MessageFormat::json: {
        nlohmann::ordered_json json{{"size", message.size()}, {"hex", hex_text(message)}};
        if (is_text(message))
            json["text"] = message;
        return json.dump() + "\n";
    }
    case MessageFormat::automatic: break;
    }
    if (!is_text(message))
        return hex_text(message) + "\n";
    return std::string(message) + (message.ends_with('\n') ? "" : "\n");
}

} // namespace amp::ctl
