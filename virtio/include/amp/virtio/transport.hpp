// SPDX-License-Identifier: GPL-2.0-only
// The register file of one virtio-mmio device (virtio 1.2, 4.2.2), as far as the monitor leaves it to us, on state that
// outlives the worker. The event loop passes each event of the device's descriptor and each kick to it; it drives the Device
// and never does input or output itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "amp/virtio/device.hpp"
#include "amp/virtio/device_state.hpp"

namespace amp::virtio {

class Transport final : private Session, private QueueOwner {
public:
    Transport(const GuestMemory& memory, DeviceState& state, Device& device, Guest& guest);
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// AMP_VIRTIO_RUN. State of the same run is carried on with (and the device activated where the driver had got so far);
    /// any other is void: the device is reset, and its old buffers are left alone when this returns. Before it, nothing
    /// else.
    void begin_run(std::uint64_t run);

    /// AMP_VIRTIO_ACCESS. Any offset, width and value: what makes no sense reads 0 and does nothing. The same write twice in
    /// a row, by a worker and its successor, does what one does.
    std::uint64_t read(std::uint32_t offset, std::uint32_t width);
    void write(std::uint32_t offset, std::uint32_t width, std::uint64_t value);

    /// A kick; of any queue at any time.
    void notified(std::uint32_t queue);

    /// The device changed its configuration, or can't go on; also for who has no session.
    void config_changed() override;
    void needs_reset() override;

    [[nodiscard]] bool is_active() const { return active_; }
    /// Why queue `index` broke; none where it did not.
    [[nodiscard]] QueueError queue_error(unsigned index) const;

private:
    // Session
    const GuestMemory& memory() const override { return memory_; }
    std::uint64_t features() const override;
    Queue* queue(unsigned index) override;
    Guest& guest() override { return guest_; }
    std::span<std::byte> scratch() override { return state_.scratch; }
    bool resumed() const override { return resumed_; }
    // QueueOwner
    void used(unsigned queue) override;
    void broken(unsigned queue, QueueError error) override;

    [[nodiscard]] std::uint64_t offered() const;
    [[nodiscard]] bool agrees() const;
    [[nodiscard]] bool is_ours(std::uint64_t run) const;
    [[nodiscard]] unsigned queue_count() const;
    [[nodiscard]] std::uint32_t queue_size_max(unsigned index) const;
    void activate(bool resumed);
    void start_queue(unsigned index);
    void end_session();
    void reset();
    void clear_registers();
    [[nodiscard]] std::uint32_t read_register(std::uint32_t offset) const;
    [[nodiscard]] std::uint32_t read_queue_register(std::uint32_t offset) const;
    void write_register(std::uint32_t offset, std::uint32_t value);
    void write_driver_features(std::uint32_t value);
    void write_status(std::uint32_t value);
    void write_queue_register(std::uint32_t offset, std::uint32_t value);
    void write_queue_ready(unsigned index, std::uint32_t value);
    void stop_queue(unsigned index);

    const GuestMemory& memory_;
    DeviceState& state_;
    Device& device_;
    Guest& guest_;
    std::array<std::optional<Queue>, queues_max> queues_;
    bool active_ = false;
    bool resumed_ = false;
    bool begun_ = false;
};

} // namespace amp::virtio
