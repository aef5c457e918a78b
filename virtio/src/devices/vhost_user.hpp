// SPDX-License-Identifier: GPL-2.0-only
// A device's rings in the hands of a vhost-user back end: another process of dom0 that gets the partition's memory, the rings'
// addresses and the queues' two eventfds, after which this process has no part in the traffic. What kind of device it is, its
// configuration and its features, is the caller's.
#pragma once

#include "amp/virtio/devices/back_end.hpp"
#include "vhost_user_connection.hpp"

#include <cstdint>
#include <vector>

namespace amp::virtio::vhost_user {

class FrontEnd {
public:
    static constexpr std::uint16_t queue_size = 256; // the largest

    // Connects and finds out what the back end can do. One that ends later ends the worker: the next connects again.
    static Outcome<FrontEnd> open(const std::string& path, const Surroundings& surroundings, unsigned queues);

    [[nodiscard]] std::uint64_t features() const { return features_; }
    [[nodiscard]] std::uint64_t ring_features() const { return features_ & (feature::indirect_desc | feature::event_idx); }
    [[nodiscard]] bool has(std::uint64_t protocol_feature) const { return protocol_features_ & protocol_feature; }
    void watch(Loop& loop);
    void stop_watching(Loop& loop) { loop.remove(connection_.descriptor()); }

    Outcome<std::vector<std::byte>> read_config(std::uint32_t size);
    Outcome<Done> write_config(std::uint32_t offset, std::span<const std::byte> bytes);
    // Of a network's back end, where it can be told.
    Outcome<Done> tell_mtu(std::uint16_t mtu) {
        return has(protocol_feature::net_mtu) ? set(Request::net_set_mtu, std::uint64_t{mtu}) : Done{};
    }

    // The back end begins with the session's queues.
    Outcome<Done> start(Session& session, DevicePort& port);
    // It leaves the queue alone when this returns. Throws where it can't be brought to: the worker ends.
    void stop_queue(unsigned queue, DevicePort& port);
    // As if the driver had.
    void kick(unsigned queue);

private:
    struct Queue {
        OwnedFd kick, call;
    };

    FrontEnd(Connection connection, const Surroundings& surroundings, unsigned queues)
        : connection_(std::move(connection)), memory_(&surroundings.memory), memory_fd_(surroundings.memory_descriptor),
          queues_(queues) {}
    Outcome<Done> agree();
    Outcome<Done> share_memory();
    Outcome<Done> start_queue(const RawQueue& raw, unsigned queue, DevicePort& port);
    Outcome<std::uint64_t> get_number(Request request);
    template <typename T> Outcome<Done> set(Request request, const T& value, std::span<const int> fds = {}) {
        return connection_.set(request, std::as_bytes(std::span(&value, 1)), fds);
    }

    Connection connection_;
    const GuestMemory* memory_;
    int memory_fd_;
    std::vector<Queue> queues_;
    std::uint64_t features_ = 0;
    std::uint64_t protocol_features_ = 0;
};

} // namespace amp::virtio::vhost_user
