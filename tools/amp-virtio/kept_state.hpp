// SPDX-License-Identifier: GPL-2.0-only
// virtio.state: the devices' state in a file that outlives the supervisor, and what tells whose it is. Opened with virtio.pid's
// lock held, before the first worker; what is in the states themselves is never looked at here.
#pragma once

#include "config.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <string>

namespace amp::backend {

struct KeptState {
    virtio::OwnedFd file; // for StateFile::map
    bool carried_on = false; // it is an earlier supervisor's
    std::string note;        // for the log: that it is, or why an earlier one is not
};

// The file at `path` where it is this partition's with this configuration, as its supervisor left it; else a new one, of void
// states, in its place. `instance`: of the partition (Partition::instance); where it is empty, nothing is ever carried on.
Outcome<KeptState> open_kept_state(const Config& config, const std::string& instance, const std::string& path);

} // namespace amp::backend
