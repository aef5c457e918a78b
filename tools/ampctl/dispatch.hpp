// SPDX-License-Identifier: GPL-2.0-only
// One invocation of ampctl from its words to its exit status. main() calls it with the real surroundings, tests with
// fakes.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <span>
#include <string>

namespace amp::ctl {

struct Surroundings {
    std::ostream& out;
    std::ostream& err;
    int in = -1;
    int out_descriptor = -1;
    const Disk& disk;
    Device& device;
    Host& host;
    int (*watch_signals)() = nullptr; // called for commands that wait; gives Terminal::stop
};

ExitStatus dispatch(std::span<const std::string> words, const Surroundings& surroundings);

// "ampctl: what is wrong; the remedy", one line.
void print_error(std::ostream& err, const Error& error);

} // namespace amp::ctl
