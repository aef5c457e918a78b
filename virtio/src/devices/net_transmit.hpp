// SPDX-License-Identifier: GPL-2.0-only
// From the guest's transmit queue to a packet sink (a TAP with its header). A packet that is none, or that the sink refuses, is
// lost as on a wire; one that the sink has no room for waits, and the queue with it.
#pragma once

#include "amp/virtio/queue.hpp"

namespace amp::virtio::net {

class Transmitter {
public:
    enum class Result {
        drained, // the guest has no packet now
        full,    // the sink has no room now
        more,    // stopped after a batch
    };

    void begin(Queue* queue);
    void end() { begin(nullptr); }
    // `sink`: -1 where there is none, and all packets are lost.
    Result transmit(int sink);

private:
    bool next_packet();
    [[nodiscard]] bool send(int sink) const;

    Queue* queue_ = nullptr;
    Chain packet_;
    bool waiting_ = false; // packet_ is one that was taken and not sent yet
};

} // namespace amp::virtio::net
