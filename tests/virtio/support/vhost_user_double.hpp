// SPDX-License-Identifier: GPL-2.0-only
// A vhost-user disk of the test's own, in a process that can be killed with requests in flight: it keeps chains for a while, ends
// them in any order, and has its queue's state in the inflight buffer where it offers one. What it sees and does is told in
// shared memory.
#ifndef AMP_TESTS_VIRTIO_VHOST_USER_DOUBLE_HPP
#define AMP_TESTS_VIRTIO_VHOST_USER_DOUBLE_HPP

#include "ram.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace amp::test {

struct DoubleShared {
    // Set by the test
    std::uint32_t hold_at;   // the number of the message, from 1, that is not answered while this is set
    std::uint32_t keep_all;  // no chain is ended
    std::uint32_t inflight;  // the protocol feature is offered
    std::uint64_t sectors;
    std::uint64_t without;   // features that are not offered
    std::uint64_t buffer_size, buffer_offset; // instead of the true ones
    // By the double
    std::uint32_t messages;  // since the test set it to 0
    std::uint32_t holding;
    std::uint32_t connections;
    std::uint32_t taken;     // chains, those of an earlier process included
    std::uint32_t ended;
    std::uint32_t replayed;
    std::uint32_t buffers_given, buffers_got;
};

class VhostUserDouble {
public:
    VhostUserDouble(std::string image, std::string socket);
    VhostUserDouble(const VhostUserDouble&) = delete;
    ~VhostUserDouble();

    // Listens when it returns.
    void start();
    void kill();
    DoubleShared& shared() { return *shared_; }

private:
    std::string image_, socket_;
    SharedObject<DoubleShared> shared_;
    pid_t process_ = -1;
};

} // namespace amp::test

#endif
