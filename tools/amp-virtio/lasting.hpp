// SPDX-License-Identifier: GPL-2.0-only
// What outlives workers because the supervisor holds it: the devices' state, TAP interfaces, pseudo-terminals, listening sockets.
// Opened once, before the first worker; a worker inherits the descriptors that it serves.
#pragma once

#include "config.hpp"
#include "kept_state.hpp"
#include "run_files.hpp"
#include "vhost_user_links.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <memory>
#include <vector>

namespace amp::backend {

struct Lasting {
    virtio::OwnedFd state;                // for StateFile::map
    bool carried_on = false;              // the state is an earlier supervisor's
    std::vector<virtio::OwnedFd> devices; // as in the configuration; empty where a device has nothing that lasts
    std::vector<virtio::OwnedFd> held;    // for nobody else
    std::unique_ptr<VhostUserLinks> links; // connections to vhost-user back ends, which change
};

// `state`: open_kept_state()'s.
Outcome<Lasting> open_lasting(const Config& config, const RunFiles& files, KeptState state);

} // namespace amp::backend
