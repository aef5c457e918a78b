// SPDX-License-Identifier: GPL-2.0-only
// Bytes and descriptors over a UNIX socket, without waiting unless the flags or the socket say so. Used by whoever talks to a
// vhost-user back end, or passes a connection to one on.
#pragma once

#include "amp/virtio/owned_fd.hpp"

#include <cstddef>
#include <span>
#include <sys/types.h>
#include <vector>

namespace amp::virtio {

constexpr std::size_t passed_most = 32; // descriptors in one message

// As sendmsg(2); the descriptors go with the first byte.
ssize_t send_with(int socket, std::span<const std::byte> bytes, std::span<const int> fds, int flags = 0);

struct Received {
    ssize_t bytes = -1; // as recvmsg(2)
    bool cut = false;   // there was more than there was room for
    std::vector<OwnedFd> fds;
};
// With up to `fds_most` descriptors. For 0 the kernel lets go of those that come; this process never has them.
Received receive_with(int socket, std::span<std::byte> to, std::size_t fds_most, int flags = 0);

} // namespace amp::virtio
