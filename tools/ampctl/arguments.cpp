// SPDX-License-Identifier: GPL-2.0-only
// Looking things up in a parsed command line.
#include "arguments.hpp"

#include <cstdlib>

namespace amp::ctl {

std::optional<std::string> Arguments::value(std::string_view option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> Arguments::number(std::string_view option) const {
    const auto text = value(option);
    return text ? std::optional(std::strtod(text->c_str(), nullptr)) : std::nullopt;
}

std::optional<std::chrono::milliseconds> Arguments::timeout() const {
    const auto seconds = number("--timeout");
    if (!seconds)
        return std::nullopt;
    return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(*seconds));
}

std::optional<std::string> Arguments::optional(std::size_t place) const {
    return list(place).empty() ? std::nullopt : std::optional(one(place));
}

} // namespace amp::ctl
