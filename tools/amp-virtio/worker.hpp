// SPDX-License-Identifier: GPL-2.0-only
// The process that serves a partition's devices: opens what they need, gives up its privileges, then listens to the guest. A
// child of the supervisor that never returns from here; what it has to say goes through its socket.
#pragma once

#include "config.hpp"
#include "lasting.hpp"
#include "partition.hpp"

#include <sys/types.h>

namespace amp::backend {

struct WorkerStart {
    const Config& config;
    Partition& partition;
    const Lasting& lasting;
    int reports; // socket to the supervisor
    pid_t supervisor;
};

[[noreturn]] void run_worker(const WorkerStart& start);

} // namespace amp::backend
