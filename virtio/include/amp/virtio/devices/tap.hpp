// SPDX-License-Identifier: GPL-2.0-only
// A TAP interface of dom0 and its descriptor. The supervisor opens it, so that the interface, its addresses and its place in a
// bridge stay when a worker dies; whoever serves it sets the offloads.
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <cstdint>
#include <string>

namespace amp::virtio {

// Takes the interface of that name, or makes it, and sets it up. One that it made is gone with the last descriptor.
Outcome<OwnedFd> open_tap(const std::string& interface);
// `features`: as agreed with the driver; 0: none of the guest's receive offloads.
bool set_tap_offload(int tap, std::uint64_t features);

} // namespace amp::virtio
