// SPDX-License-Identifier: GPL-2.0-only
#include "net_transmit.hpp"

#include "net_layout.hpp"

#include <cerrno>
#include <sys/uio.h>

namespace amp::virtio::net {
namespace {

constexpr unsigned batch = 64;

} // namespace

void Transmitter::begin(Queue* queue) {
    queue_ = queue;
    waiting_ = false;
}

Transmitter::Result Transmitter::transmit(int sink) {
    if (!queue_)
        return Result::drained;
    for (unsigned done = 0;;) {
        queue_->disable_notifications();
        while (done < batch && next_packet() && send(sink)) {
            queue_->complete(packet_.head(), 0);
            waiting_ = false;
            ++done;
        }
        queue_->flush();
        if (waiting_)
            return Result::full;
        if (done >= batch)
            return Result::more;
        if (queue_->enable_notifications())
            return Result::drained;
    }
}

bool Transmitter::next_packet() {
    if (!waiting_)
        waiting_ = queue_->pop(packet_);
    return waiting_;
}

// False: the packet waits.
bool Transmitter::send(int sink) const {
    const auto pieces = packet_.readable();
    if (sink < 0 || pieces.empty() || packet_.readable_bytes() > packet_limit)
        return true;
    ssize_t sent = 0;
    do
        sent = ::writev(sink, pieces.data(), static_cast<int>(pieces.size()));
    while (sent < 0 && errno == EINTR);
    return sent >= 0 || errno != EAGAIN;
}

} // namespace amp::virtio::net
