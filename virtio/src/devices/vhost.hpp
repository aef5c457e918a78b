// SPDX-License-Identifier: GPL-2.0-only
// A kernel's vhost device on the rings of a session: memory, addresses, eventfds. The queues' kicks and calls go between vhost and
// the module, so that this process has no part in the traffic; it only hears of a queue that vhost can't go on with.
#pragma once

#include "amp/virtio/device.hpp"
#include "amp/virtio/devices/port.hpp"
#include "amp/virtio/loop.hpp"
#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace amp::virtio {

class Vhost {
public:
    // From the event loop: nonsense in a ring, a chain or (vsock) a packet. vhost says so once more at each kick and leaves the
    // queue where it is, so whoever hears it stops the queue.
    using Refused = std::function<void(unsigned queue)>;

    // Error: with the modprobe that helps.
    static Outcome<Vhost> open(const char* node, const char* module, const GuestMemory& memory);

    [[nodiscard]] int descriptor() const { return fd_.get(); }
    [[nodiscard]] std::uint64_t features() const { return features_; }
    [[nodiscard]] std::uint64_t ring_features() const;

    // Sets everything up but the start, which each kind of device has a call of its own for. Loop and port stay where they are.
    Outcome<Done> prepare(Session& session, unsigned queues, Loop& loop, DevicePort& port, const Refused& refused);
    // vhost leaves the queue alone from now on (the kind's own stop comes first).
    void stop_queue(unsigned queue);

private:
    explicit Vhost(OwnedFd fd) : fd_(std::move(fd)) {}
    Outcome<Done> share(const GuestMemory& memory);
    Outcome<Done> prepare_queue(const RawQueue& raw, unsigned queue, const Refused& refused);
    template <typename T> bool call(unsigned long request, T& argument);

    OwnedFd fd_;
    std::uint64_t features_ = 0;
    struct Eventfds {
        OwnedFd kick, call, error;
    };
    std::vector<Eventfds> eventfds_;
    Loop* loop_ = nullptr; // of the session
    DevicePort* port_ = nullptr;
};

} // namespace amp::virtio
