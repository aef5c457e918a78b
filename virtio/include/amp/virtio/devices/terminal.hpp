// SPDX-License-Identifier: GPL-2.0-only
// What a guest's console is connected to in dom0: a pseudo-terminal or a listening socket. The supervisor opens it and holds it,
// so that a terminal program stays connected when a worker dies.
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <string>

namespace amp::virtio {

struct Terminal {
    OwnedFd master;
    // Held open and never read: while somebody has it open the master does not report a hang-up.
    OwnedFd slave;
    std::string path; // of the slave
};

Outcome<Terminal> open_terminal();
// Mode 0600; a socket that somebody left behind is replaced, one that answers is not.
Outcome<OwnedFd> listen_on(const std::string& path);

} // namespace amp::virtio
