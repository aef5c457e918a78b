// SPDX-License-Identifier: GPL-2.0-only
// The one event loop of a worker: descriptors and what to do when they are ready, one thread. Handlers may add and remove any
// descriptor, their own included; a handler that was removed is not called any more, not even for an event that was there.
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace amp::virtio {

class Loop {
public:
    using Handler = std::function<void(std::uint32_t events)>; // EPOLLIN, EPOLLOUT, EPOLLHUP, ...

    static Outcome<Loop> make();

    // The descriptor stays the caller's, who removes it before closing it. Throws std::system_error: a worker that can't listen
    // any more ends, and the next begins anew.
    void add(int fd, std::uint32_t events, Handler handler);
    void change(int fd, std::uint32_t events);
    void remove(int fd);
    // Once, after what is ready now: for who has more to do than others should wait for.
    void later(std::function<void()> work) { later_.push_back(std::move(work)); }

    // Until stop(); gives its status.
    int run();
    void stop(int status);
    // One round; for tests.
    void turn(int milliseconds);

private:
    struct Entry {
        std::shared_ptr<Handler> handler;
        std::uint32_t generation = 0; // tells a descriptor number from its next use
    };

    explicit Loop(OwnedFd epoll) : epoll_(std::move(epoll)) {}
    void dispatch(std::uint64_t token, std::uint32_t events);

    OwnedFd epoll_;
    std::unordered_map<int, Entry> entries_;
    std::vector<std::function<void()>> later_;
    std::uint32_t generation_ = 0;
    bool stopped_ = false;
    int status_ = 0;
};

} // namespace amp::virtio
