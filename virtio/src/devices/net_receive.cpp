// SPDX-License-Identifier: GPL-2.0-only
#include "net_receive.hpp"

#include "net_layout.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <sys/uio.h>
#include <unistd.h>

namespace amp::virtio::net {
namespace {

constexpr unsigned batch = 64;

bool source_is_gone(int error) { return error == EBADFD || error == EBADF || error == ENODEV; }

} // namespace

void Receiver::begin(Queue* queue, bool mergeable) {
    queue_ = queue;
    mergeable_ = mergeable;
    count_ = 0;
    held_bytes_ = 0;
    kept_bytes_ = 0;
}

// Takes chains until they hold `bytes`; without merging one chain is one packet's.
bool Receiver::hold(std::uint64_t bytes) {
    while (held_bytes_ < bytes && (mergeable_ || count_ == 0)) {
        if (held_.size() == count_)
            held_.emplace_back();
        Chain& chain = held_[count_];
        if (!queue_->pop(chain))
            break;
        if (chain.writable_bytes() == 0) {
            queue_->complete(chain.head(), 0);
            continue;
        }
        held_bytes_ += chain.writable_bytes();
        ++count_;
    }
    return held_bytes_ >= bytes;
}

Receiver::Result Receiver::receive(int source) {
    if (!queue_)
        return Result::starved;
    queue_->disable_notifications();
    Result result = Result::more;
    for (unsigned done = 0; done < batch && result == Result::more; ++done)
        result = take_packet(source);
    queue_->flush();
    // Chains that came before the driver knew that it has to kick: go on with them.
    if (result == Result::starved && !queue_->enable_notifications())
        return Result::more;
    return result;
}

// more: a packet was moved, or dropped.
Receiver::Result Receiver::take_packet(int source) {
    if (kept_bytes_)
        return fits_or_dropped() ? Result::more : Result::starved;
    const bool whole = hold(mergeable_ ? packet_limit : 1);
    if (count_ == 0)
        return Result::starved;
    pieces_.clear();
    if (whole) {
        for (std::size_t i = 0; i < count_; ++i)
            slice(held_[i].writable(), 0, held_[i].writable_bytes(), pieces_);
    } else {
        kept_.resize(packet_limit);
        pieces_.push_back({kept_.data(), kept_.size()});
    }
    const auto pieces = static_cast<int>(std::min<std::size_t>(pieces_.size(), chain_max));
    const ssize_t size = ::readv(source, pieces_.data(), pieces);
    if (size < 0)
        return source_is_gone(errno) ? Result::failed : Result::drained;
    if (size == 0)
        return Result::drained;
    if (whole) {
        give_back(static_cast<std::size_t>(size));
        return Result::more;
    }
    kept_bytes_ = static_cast<std::size_t>(size);
    return fits_or_dropped() ? Result::more : Result::starved;
}

// False: the guest has to give more buffers first.
bool Receiver::fits_or_dropped() {
    if (hold(kept_bytes_)) {
        pieces_.clear();
        for (std::size_t i = 0; i < count_; ++i)
            slice(held_[i].writable(), 0, held_[i].writable_bytes(), pieces_);
        copy_to(pieces_, 0, std::span(kept_).first(kept_bytes_));
        give_back(kept_bytes_);
        kept_bytes_ = 0;
        return true;
    }
    // It will never fit where half of the queue, or a whole chain without merging, is too little.
    if (count_ && (!mergeable_ || queue_->in_flight() * 2u >= queue_->size())) {
        kept_bytes_ = 0;
        return true;
    }
    return false;
}

// pieces_ holds a packet of so many bytes: tell the driver in how many chains it is, and keep the others.
void Receiver::give_back(std::size_t bytes) {
    std::size_t used = 0;
    for (std::uint64_t left = bytes; used < count_ && left; ++used)
        left -= std::min(left, held_[used].writable_bytes());
    const auto buffers = static_cast<std::uint16_t>(used);
    copy_to(pieces_, offsetof(Header, num_buffers), std::as_bytes(std::span(&buffers, 1)));
    std::uint64_t left = bytes;
    for (std::size_t i = 0; i < used; ++i) {
        const std::uint64_t part = std::min(left, held_[i].writable_bytes());
        queue_->complete(held_[i].head(), static_cast<std::uint32_t>(part));
        held_bytes_ -= held_[i].writable_bytes();
        left -= part;
    }
    const auto begin = held_.begin();
    std::rotate(begin, begin + static_cast<std::ptrdiff_t>(used), begin + static_cast<std::ptrdiff_t>(count_));
    count_ -= used;
}

} // namespace amp::virtio::net
