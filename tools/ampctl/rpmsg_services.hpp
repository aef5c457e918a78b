// SPDX-License-Identifier: GPL-2.0-only
// What a partition's firmware announced over rpmsg, as amp-virtio shows it: a socket per service (docs/rpmsg.md).
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace amp::ctl {

struct RpmsgService {
    std::string name;
    std::uint32_t address = 0;
    std::string path;
};

// By name, then address. An Error where the partition has no rpmsg device.
Outcome<std::vector<RpmsgService>> rpmsg_services(Context& context, const std::string& partition);

// A connection to the service of that name, which may be "name.address" where several have it: a message is a packet.
Outcome<FileDescriptor> connect_rpmsg(Context& context, const std::string& partition, const std::string& service);

} // namespace amp::ctl
