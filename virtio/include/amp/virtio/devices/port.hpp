// SPDX-License-Identifier: GPL-2.0-only
// One virtio device's way to the module: register accesses, eventfds, interrupts (include/amp/abi/ioctl.h tells the rules).
// amp-virtio has the real one, tests one that plays the module; errors are errno values.
#pragma once

#include <amp/abi/ioctl.h>
#include <amp/base/result.hpp>

#include <cstdint>
#include <optional>

namespace amp::virtio {

class DevicePort {
public:
    virtual ~DevicePort() = default;
    // What the module knows of the device.
    virtual Result<amp_virtio_info, int> info() = 0;
    // Readable while there is an event.
    [[nodiscard]] virtual int descriptor() const = 0;
    // Without waiting. An error means that the partition is gone.
    virtual Result<std::optional<amp_virtio_event>, int> next_event() = 0;
    // 0, or an errno value: ESTALE where the event is over meanwhile, which is nobody's mistake.
    virtual int reply(const amp_virtio_reply& reply) = 0;
    // `what`: AMP_VIRTIO_KICK or AMP_VIRTIO_CALL; fd -1 takes it back.
    virtual int set_eventfd(std::uint32_t what, std::uint32_t queue, int fd) = 0;
    // `status`: AMP_VIRTIO_USED, AMP_VIRTIO_CONFIG
    virtual int interrupt(std::uint32_t status) = 0;
};

} // namespace amp::virtio
