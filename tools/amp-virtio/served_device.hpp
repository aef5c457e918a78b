// SPDX-License-Identifier: GPL-2.0-only
// One device in a worker: its port to the module, its registers, its back end and the kicks of its queues, put together on the
// event loop. Everything that a guest does to the device comes in here.
#pragma once

#include "partition.hpp"
#include "served.hpp"

#include <amp/virtio/devices/back_end.hpp>
#include <amp/virtio/transport.hpp>

#include <memory>
#include <vector>

namespace amp::backend {

class ServedDevice final : public Served, private virtio::Guest {
public:
    // Opens what the settings name. The object stays where it is.
    static Outcome<std::unique_ptr<ServedDevice>> open(const virtio::DeviceSettings& settings,
                                                       std::unique_ptr<virtio::DevicePort> port, const ServedPlace& place);
    ~ServedDevice() override;
    Outcome<Done> serve() override;

private:
    ServedDevice(const virtio::DeviceSettings& settings, std::unique_ptr<virtio::DevicePort> port, const ServedPlace& place)
        : settings_(settings), port_(std::move(port)), place_(place) {}

    void used(unsigned queue) override;
    void config_changed() override;

    Outcome<Done> add_kick(unsigned queue);
    void take_event();
    void answer(const amp_virtio_event& event);
    void kicked(unsigned queue);
    void report_change();

    const virtio::DeviceSettings& settings_;
    std::unique_ptr<virtio::DevicePort> port_;
    ServedPlace place_;
    std::unique_ptr<virtio::BackEnd> back_end_;
    std::unique_ptr<virtio::Transport> transport_;
    std::vector<virtio::OwnedFd> kicks_;
    DeviceState reported_;
    std::vector<bool> told_broken_;
};

} // namespace amp::backend
