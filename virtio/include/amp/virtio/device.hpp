// SPDX-License-Identifier: GPL-2.0-only
// What a device model is to the library, and the library to a device model. All calls come from one thread, the event
// loop's, and none may wait long: the guest's VCPU stands still during a register access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "amp/virtio/memory.hpp"
#include "amp/virtio/queue.hpp"

namespace amp::virtio {

/// Ways to the guest: AMP_IOC_VIRTIO_INTERRUPT in amp-virtio, counters in tests.
class Guest {
public:
    virtual ~Guest() = default;
    /// Used-buffer interrupt; queue by queue for those who have a call eventfd each.
    virtual void used(unsigned queue) = 0;
    virtual void config_changed() = 0;
};

/// A driver that is at work, from activate() to reset(): features are agreed on, queues are there.
class Session {
public:
    virtual const GuestMemory& memory() const = 0;
    /// All agreed features, those of queues and transport included.
    virtual std::uint64_t features() const = 0;
    /// nullptr: the driver did not set this one up, or stopped it. Valid until stop_queue() or reset().
    virtual Queue* queue(unsigned index) = 0;
    /// For back ends that work on the rings themselves and interrupt not through Queue.
    virtual Guest& guest() = 0;
    /// Kept across workers, zero after a reset. Contents come from a worker that may have been taken over: check them.
    virtual std::span<std::byte> scratch() = 0;
    /// An earlier worker had this session; its chains in flight come out of the queues first.
    virtual bool resumed() const = 0;
    /// The configuration space changed by itself (link state, size): counts ConfigGeneration up and interrupts.
    virtual void config_changed() = 0;
    /// The device can't go on: DEVICE_NEEDS_RESET (2.1.2). The driver's reset brings it back.
    virtual void needs_reset() = 0;

protected:
    ~Session() = default;
};

class Device {
public:
    virtual ~Device() = default;

    /// Section 5: 1 network, 2 block, ...
    virtual std::uint32_t id() const = 0;
    virtual unsigned queue_count() const = 0;
    /// QueueNumMax; a power of two up to queue_size_limit.
    virtual std::uint16_t queue_size_max(unsigned) const { return 256; }
    /// Bits 0 to 23 and 50 up: the device's own (feature::reserved is masked out). The same over all workers of a run.
    virtual std::uint64_t features() const = 0;
    /// Of what the library can do with queues, less where the back end handles them and can't.
    virtual std::uint64_t ring_features() const { return feature::indirect_desc | feature::event_idx; }
    /// Whether the driver's choice makes sense together (dependencies, 5.x.3). All are among those offered.
    virtual bool accepts(std::uint64_t) const { return true; }

    /// `to` is zeroed; bytes beyond the configuration's end stay so.
    virtual void read_config(std::uint32_t offset, std::span<std::byte> to) const = 0;
    /// Offset and bytes as the guest chose them.
    virtual void write_config(std::uint32_t, std::span<const std::byte>) {}

    /// DRIVER_OK, or an earlier worker had got there: begin. After it the transport calls notified() for each queue that is
    /// there. False: it can't; the driver is asked for a reset. The session lives until reset() returns.
    virtual bool activate(Session& session) = 0;
    /// Work has come in, perhaps. Only between activate() and reset(), only for queues that are there.
    virtual void notified(unsigned queue) = 0;
    /// QueueReady 0: when it returns, nothing touches this queue or its buffers any more.
    virtual void stop_queue(unsigned queue) = 0;
    /// When it returns, nothing touches guest memory any more, the session is over, and the device is as new. Also called
    /// where it was not active.
    virtual void reset() = 0;
};

} // namespace amp::virtio
