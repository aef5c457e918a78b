// SPDX-License-Identifier: GPL-2.0-only
// One process, whatever becomes of its number: who waits for another's child learns here that it is gone, every descriptor and
// mapping of it included. Knows nothing of what the process is.
#pragma once

#include "config.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <chrono>
#include <cstdint>
#include <sys/types.h>

namespace amp::backend {

struct ProcessId {
    pid_t pid = 0;             // 0: none
    std::uint64_t started = 0; // in ticks since the boot; two processes of one number began at different times
};

// Of a process that is there; of one that is a child it is so until it is waited for.
Outcome<ProcessId> identify(pid_t pid);
// For poll: POLLIN when its last thread has ended. Nothing where that is so already.
virtio::OwnedFd watch(const ProcessId& process);
// At once where there is none.
bool ends_within(const ProcessId& process, std::chrono::milliseconds limit);

} // namespace amp::backend
