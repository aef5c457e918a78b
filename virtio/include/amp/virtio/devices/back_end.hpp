// SPDX-License-Identifier: GPL-2.0-only
// A device together with what serves it in dom0. open_back_end() takes a device's settings, opens what they name while the worker
// is still privileged, and says in one sentence what is wrong where it can't.
#pragma once

#include "amp/virtio/device.hpp"
#include "amp/virtio/devices/port.hpp"
#include "amp/virtio/devices/settings.hpp"
#include "amp/virtio/loop.hpp"
#include "amp/virtio/outcome.hpp"

#include <functional>
#include <memory>
#include <string>

namespace amp::virtio {

namespace vhost_user {
class Link;
}

class BackEnd : public Device {
public:
    // Somebody else (vhost) has the queues' eventfds; notified() is not called.
    [[nodiscard]] virtual bool takes_kicks() const { return false; }
};

// What a back end gets from its worker; all of it outlives the back end.
struct Surroundings {
    Loop& loop;
    DevicePort& port;
    const GuestMemory& memory;
    // For people; rare, since a guest may cause it.
    std::function<void(const std::string&)> log;
    // What the supervisor holds for the device beyond workers, see lasting.hpp; -1 where there is nothing.
    int lasting;
    // The partition's memory for another process, which maps it at offset gpa.
    int memory_descriptor;
    // vhost-user: the way to its back ends; nullptr for others.
    vhost_user::Link* link;
};

Outcome<std::unique_ptr<BackEnd>> open_back_end(const DeviceSettings& settings, const Surroundings& surroundings);

// One per kind
Outcome<std::unique_ptr<BackEnd>> open_file_disk(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_vhost_user_disk(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_tap_net(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_vhost_net(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_vhost_user_net(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_vhost_vsock(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_console(const DeviceSettings& settings, const Surroundings& surroundings);
Outcome<std::unique_ptr<BackEnd>> open_rng(const DeviceSettings& settings, const Surroundings& surroundings);

// section 5's number and the queues of a type, which the descriptor of the partition has to agree with
struct TypeFacts {
    std::uint32_t device_id;
    unsigned queues;
};
TypeFacts facts_of(DeviceType type);

} // namespace amp::virtio
