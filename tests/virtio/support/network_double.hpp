// SPDX-License-Identifier: GPL-2.0-only
// A vhost-user back end of the tests' own, in a process that can be killed: a network that gives each frame back to its sender, in
// the order in which they come. Independent of the library: protocol and rings are written down once more.
#ifndef AMP_TESTS_VIRTIO_NETWORK_DOUBLE_HPP
#define AMP_TESTS_VIRTIO_NETWORK_DOUBLE_HPP

#include <amp/virtio/owned_fd.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <sys/types.h>

namespace amp::test {

// How it is, and what it was told. It can be changed at any time.
struct NetworkFacts {
    std::atomic<std::uint64_t> offers{std::uint64_t{1} << 32 | 1u << 30}; // VERSION_1, protocol features
    std::atomic<std::uint64_t> offers_protocol{1u << 3 | 1u << 4};        // REPLY_ACK, NET_MTU
    std::atomic<std::uint32_t> refuses{0};                                // this request, by an error
    std::atomic<std::uint32_t> hangs_up_at{0};                            // this request, once
    std::atomic<std::uint64_t> features{0}, protocol{0}, mtu{0};
    std::atomic<std::uint32_t> connections{0};
};

class NetworkDouble {
public:
    explicit NetworkDouble(std::string socket);
    NetworkDouble(const NetworkDouble&) = delete;
    ~NetworkDouble();

    void start();
    void kill();
    NetworkFacts& facts() { return *facts_; }

private:
    std::string socket_;
    NetworkFacts* facts_;
    pid_t process_ = -1;
};

} // namespace amp::test

#endif
