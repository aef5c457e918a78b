// SPDX-License-Identifier: GPL-2.0-only
// From a packet source (a TAP with its header) into the guest's receive queue: straight into the guest's buffers where they hold
// the longest packet, else through one of ours. Waits for the guest where it gives no buffers; the kernel's queue then fills.
#pragma once

#include "amp/virtio/queue.hpp"

#include <cstdint>
#include <vector>

namespace amp::virtio::net {

class Receiver {
public:
    enum class Result {
        drained,  // the source has no packet now
        starved,  // the guest has no buffers now
        more,     // stopped after a batch
        failed,   // the source does not work any more
    };

    void begin(Queue* queue, bool mergeable);
    void end() { begin(nullptr, false); }
    Result receive(int source);

private:
    bool hold(std::uint64_t bytes);
    Result take_packet(int source);
    bool read_straight(int source, Result& result);
    bool fits_or_dropped();
    void give_back(std::size_t bytes);

    Queue* queue_ = nullptr;
    bool mergeable_ = false;
    std::vector<Chain> held_; // taken from the queue, in order; the first count_ of them are in use
    std::size_t count_ = 0;
    std::uint64_t held_bytes_ = 0;
    std::vector<iovec> pieces_;
    std::vector<std::byte> kept_; // a packet that waits for buffers, and its bytes
    std::size_t kept_bytes_ = 0;
};

} // namespace amp::virtio::net
