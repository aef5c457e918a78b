// SPDX-License-Identifier: GPL-2.0-only
// A kernel's vhost device on the rings of a session: memory, addresses, eventfds. The queues' two eventfds go to vhost and to the
// module, after which neither this process nor its event loop has a part in the traffic.
#pragma once

#include "amp/virtio/device.hpp"
#include "amp/virtio/devices/port.hpp"
#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace amp::virtio {

class Vhost {
public:
    // Error: with the modprobe that helps.
    static Outcome<Vhost> open(const char* node, const char* module, const GuestMemory& memory);

    [[nodiscard]] int descriptor() const { return fd_.get(); }
    [[nodiscard]] std::uint64_t features() const { return features_; }
    [[nodiscard]] std::uint64_t ring_features() const;

    // Sets everything up but the start, which each kind of device has a call of its own for.
    Outcome<Done> prepare(Session& session, unsigned queues, DevicePort& port);
    // vhost leaves the queue alone from now on (the kind's own stop comes first).
    void stop_queue(unsigned queue, DevicePort& port);

private:
    explicit Vhost(OwnedFd fd) : fd_(std::move(fd)) {}
    Outcome<Done> share(const GuestMemory& memory);
    Outcome<Done> prepare_queue(const RawQueue& raw, unsigned queue, DevicePort& port);
    template <typename T> bool call(unsigned long request, T& argument);

    OwnedFd fd_;
    std::uint64_t features_ = 0;
    struct Eventfds {
        OwnedFd kick, call;
    };
    std::vector<Eventfds> eventfds_;
};

} // namespace amp::virtio
