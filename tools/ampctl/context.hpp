// SPDX-License-Identifier: GPL-2.0-only
// Everything a command may touch, handed in from outside: main.cpp gives the real machine, tests give fakes, and so no
// test needs root, a module or a terminal.
#pragma once

#include "arguments.hpp"
#include "device.hpp"
#include "host.hpp"

#include <amp/partitioner/disk.hpp>

#include <ostream>

namespace amp::ctl {

// Descriptors of those commands that wait and pass bytes through.
struct Terminal {
    int in = -1;
    int out = -1;
    int stop = -1; // readable once SIGINT, SIGTERM or SIGHUP came; -1: never
};

struct Context {
    const Arguments& args;
    std::ostream& out;
    std::ostream& err;
    Terminal terminal;
    const Disk& disk;
    Device& device;
    Host& host;

    [[nodiscard]] bool json() const { return args.has("--json"); }
    [[nodiscard]] bool dry_run() const { return args.has("--dry-run"); }
};

} // namespace amp::ctl
