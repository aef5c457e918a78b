// SPDX-License-Identifier: GPL-2.0-only
// The rpmsg link of a partition in a worker: its device's events and kicks, dom0's end of the vrings, and the sockets. The device's
// registers have no meaning here: firmware is the device, dom0 the driver, and the transport carries notifications alone.
#pragma once

#include "rpmsg_endpoints.hpp"
#include "served.hpp"

#include <amp/virtio/device_state.hpp>
#include <amp/virtio/devices/port.hpp>
#include <amp/virtio/devices/settings.hpp>

#include <memory>

namespace amp::backend {

class RpmsgLink final : public Served {
public:
    // place.lasting: the directory for the sockets.
    RpmsgLink(const virtio::DeviceSettings& settings, std::unique_ptr<virtio::DevicePort> port, const ServedPlace& place);
    ~RpmsgLink() override;
    Outcome<Done> serve() override;

private:
    void take_event();
    void begin_run(std::uint64_t run);
    void firmware_is_up(std::uint64_t run);
    void kicked(unsigned queue);
    void poll();
    void broken(const std::string& why);
    void report_change();

    std::string name_;
    std::unique_ptr<virtio::DevicePort> port_;
    ServedPlace place_;
    RpmsgEndpoints endpoints_;
    rpmsg::Host host_;
    std::vector<virtio::OwnedFd> kicks_;
    DeviceState reported_;
};

} // namespace amp::backend
