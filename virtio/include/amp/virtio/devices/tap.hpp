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
// Nobody needs a bound for what waits to be sent. But only with one do vhost-net and the TAP build each packet in the general way:
// their short cut for short packets takes a length in an int, which a chain of more than 2^31 bytes makes negative (a warning in
// dom0's kernel log for each such chain), and sends a packet with a nonsensical header again and again (vhost-net's thread spins).
// This process looks at lengths before it writes a packet, and may have the short cut.
enum class TapUser { process, vhost };
bool set_tap_send_buffer(int tap, TapUser user);

} // namespace amp::virtio
