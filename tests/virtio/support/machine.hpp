// SPDX-License-Identifier: GPL-2.0-only
// A transport with a device behind it, and the register accesses by which a driver brings it up, as Linux does.
#ifndef AMP_TESTS_VIRTIO_MACHINE_HPP
#define AMP_TESTS_VIRTIO_MACHINE_HPP

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "amp/virtio/registers.hpp"
#include "amp/virtio/transport.hpp"
#include "driver.hpp"
#include "ram.hpp"

namespace amp::test {

constexpr std::uint64_t device_feature = 1u << 5;
constexpr std::uint64_t needy_feature = 1u << 6; // makes sense with device_feature only

class CountingGuest final : public virtio::Guest {
public:
    void used(unsigned) override { used_count++; }
    void config_changed() override { config_count++; }

    unsigned used_count = 0;
    unsigned config_count = 0;
};

/// Writes the number of readable bytes into the writable ones; 16 bytes of configuration, of which the second half is
/// writable.
class EchoDevice final : public virtio::Device {
public:
    std::uint32_t id() const override { return 42; }
    unsigned queue_count() const override { return 2; }
    std::uint16_t queue_size_max(unsigned queue) const override { return queue == 0 ? 64 : 100; }
    std::uint64_t features() const override { return offered; }
    bool accepts(std::uint64_t chosen) const override {
        return (chosen & needy_feature) == 0 || (chosen & device_feature) != 0;
    }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        for (std::size_t i = 0; i < to.size() && offset + i < config.size(); i++) {
            to[i] = config[offset + i];
        }
    }
    void write_config(std::uint32_t offset, std::span<const std::byte> from) override {
        for (std::size_t i = 0; i < from.size(); i++) {
            if (offset + i >= 8 && offset + i < config.size()) {
                config[offset + i] = from[i];
            }
        }
    }
    bool activate(virtio::Session& with) override {
        session = &with;
        activations++;
        was_resumed = with.resumed();
        return can_activate;
    }
    void notified(unsigned index) override {
        notifications++;
        virtio::Queue& queue = *session->queue(index);
        while (queue.pop(chain)) {
            const bool answered = chain.write_value(0, chain.readable_bytes());
            queue.complete(chain.head(), answered ? 8 : 0);
        }
        queue.flush();
    }
    void stop_queue(unsigned) override { stops++; }
    void reset() override {
        resets++;
        session = nullptr;
    }

    // ring bits on purpose: the transport must not let a device offer them
    std::uint64_t offered = device_feature | needy_feature | virtio::feature::bit(33) | virtio::feature::bit(34) |
                            virtio::feature::bit(40) | virtio::feature::bit(50);
    std::array<std::byte, 16> config{};
    bool can_activate = true;
    bool was_resumed = false;
    unsigned activations = 0, notifications = 0, stops = 0, resets = 0;
    virtio::Session* session = nullptr;
    virtio::Chain chain;
};

struct Access {
    std::uint32_t offset;
    std::uint32_t value;
};

constexpr std::uint64_t usual_features =
    virtio::feature::version_1 | virtio::feature::indirect_desc | virtio::feature::event_idx | device_feature;

/// One guest, its state, and a worker that can be replaced.
class Machine {
public:
    explicit Machine(Ram::Kind kind = Ram::Kind::heap);

    /// The worker dies and the next one begins with the run. Registers and rings stay.
    void replace_worker(std::uint64_t run = 1);

    std::uint32_t read(std::uint32_t offset) { return static_cast<std::uint32_t>(transport->read(offset, 4)); }
    void write(std::uint32_t offset, std::uint32_t value) { transport->write(offset, 4, value); }
    std::uint32_t status() { return read(virtio::reg::status); }

    /// All that Linux writes from reset to DRIVER_OK, for queue 0.
    std::vector<Access> bring_up(std::uint64_t features = usual_features) const;
    void write_all(const std::vector<Access>& accesses);

    Ram ram;
    SharedObject<virtio::DeviceState> state;
    Driver driver;
    CountingGuest guest;
    std::unique_ptr<EchoDevice> device;
    std::unique_ptr<virtio::Transport> transport;
};

} // namespace amp::test

#endif
