// SPDX-License-Identifier: GPL-2.0-only
// Reads the console stream from its oldest byte; looks for the kernel's own words (kernel/panic.c, arm64's setup.c).
#include "console_history.hpp"

namespace amp::ctl {
namespace {

// More than any history; a guest that prints on and on is left behind there.
constexpr std::size_t history_limit = 4u << 20;
constexpr std::string_view panic_words = "Kernel panic - not syncing";
constexpr std::string_view boot_words = "Booting Linux on physical CPU";

} // namespace

Call<std::string> console_history(Partition& partition) {
    std::string text;
    for (std::uint64_t position = 0; text.size() < history_limit;) {
        const auto chunk = partition.read_stream(Stream::console, position);
        if (!chunk)
            return Err{chunk.error()};
        if (chunk->bytes.empty())
            break;
        text += chunk->bytes;
        position = chunk->next;
    }
    return text;
}

std::optional<std::string> linux_panic(std::string_view console) {
    if (const auto boot = console.rfind(boot_words); boot != std::string_view::npos)
        console.remove_prefix(boot);
    const auto begin = console.find(panic_words);
    if (begin == std::string_view::npos)
        return std::nullopt;
    std::string_view line = console.substr(begin, console.find_first_of("\r\n", begin) - begin);
    // Where no more than the closing line is left, "---[ end Kernel panic - not syncing: why ]---", that tells it.
    if (const auto bracket = line.rfind(" ]---"); bracket != std::string_view::npos)
        line = line.substr(0, bracket);
    return std::string(line);
}

} // namespace amp::ctl
