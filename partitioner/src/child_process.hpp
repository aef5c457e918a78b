// SPDX-License-Identifier: GPL-2.0-only
// Runs a program with bytes on its standard input and collects what it writes. Used for dtc; no shell is involved.
#pragma once

#include <string>
#include <vector>

#include "amp/partitioner/disk.hpp"

namespace amp {

struct ChildResult {
    int exit_status = -1; // 127: the program could not be run; 128 + n: ended by signal n
    Bytes output;
    std::string errors;
};

ChildResult run_child(const std::vector<std::string>& arguments, const Bytes& input);

} // namespace amp
