// SPDX-License-Identifier: GPL-2.0-only
// Whole messages in and out of a channel's node, waiting at most until a deadline.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace amp::ctl {

enum class Waited { ready, timed_out, signal };

class Deadline {
public:
    explicit Deadline(std::optional<std::chrono::milliseconds> timeout);
    // For poll(): -1 without a deadline.
    [[nodiscard]] int left() const;

private:
    std::optional<std::chrono::steady_clock::time_point> end_;
};

Waited wait_for(int descriptor, short events, int stop, const Deadline& deadline);

// The next message, or nothing where the deadline passed or a signal came (`waited` tells which).
Outcome<std::optional<std::string>> receive(int node, int stop, const Deadline& deadline, Waited& waited);
Outcome<Done> send(int node, std::string_view message, int stop, const Deadline& deadline);

// All that standard input gives.
Outcome<std::string> read_all(int descriptor);

} // namespace amp::ctl
