// SPDX-License-Identifier: GPL-2.0-only
// amp-virtio from its command line's words on: reads the configuration, opens the partition, becomes the supervisor in the
// background and answers the caller when all devices are open, or why they are not.
#pragma once

#include "partition.hpp"

#include <string>

namespace amp::backend {

struct Arguments {
    std::string partition;
    std::string config; // empty: the one under the run directory
    bool foreground = false;
};

// Exit status of the calling process: 0 or 1.
int launch(const Arguments& arguments, PartitionOpener& opener, const std::string& run_directory);

} // namespace amp::backend
