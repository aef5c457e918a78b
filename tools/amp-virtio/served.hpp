// SPDX-License-Identifier: GPL-2.0-only
// One device of the partition in a worker, and what it gets from it. All of it outlives the device.
#pragma once

#include "config.hpp"
#include "report.hpp"

#include <amp/virtio/device_state.hpp>
#include <amp/virtio/devices/vhost_user_link.hpp>
#include <amp/virtio/loop.hpp>
#include <amp/virtio/memory.hpp>

namespace amp::backend {

struct ServedPlace {
    virtio::Loop& loop;
    const virtio::GuestMemory& memory;
    virtio::DeviceState& state;
    Reporter reporter;
    unsigned position; // in the configuration
    int lasting;       // what the supervisor holds for it (lasting.hpp); -1: nothing
    int memory_descriptor;
    virtio::vhost_user::Link* link = nullptr; // to vhost-user back ends
};

class Served {
public:
    virtual ~Served() = default;
    // Events are taken from now on.
    virtual Outcome<Done> serve() = 0;
};

} // namespace amp::backend
