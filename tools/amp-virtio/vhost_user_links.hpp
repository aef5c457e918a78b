// SPDX-License-Identifier: GPL-2.0-only
// The supervisor's side of vhost-user devices: it makes the connections to their back ends, again where one is lost, and holds
// what outlives workers and back ends. It says and hears nothing on a connection, and never waits.
#pragma once

#include "backoff.hpp"
#include "config.hpp"

#include <amp/virtio/devices/vhost_user_link.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amp::backend {

class VhostUserLinks {
public:
    using Log = std::function<void(const std::string&)>;

    // Connects all; an error says which back end is not there.
    static Outcome<std::unique_ptr<VhostUserLinks>> open(const Config& config);
    VhostUserLinks(const VhostUserLinks&) = delete;
    ~VhostUserLinks();
    void log_to(Log log) { log_ = std::move(log); }

    // Readable when there is something to do.
    [[nodiscard]] int descriptor() const { return epoll_.get(); }
    void work();

    // Around a worker's life. False: no descriptors are left.
    bool prepare_worker();
    void worker_began();
    void worker_ended();

    // In the worker: what it must not close, and its end of a device's link (nullptr where that has none).
    [[nodiscard]] std::vector<int> descriptors() const;
    std::unique_ptr<virtio::vhost_user::Link> workers_end(unsigned position);

private:
    using Clock = std::chrono::steady_clock;
    struct One {
        unsigned position;
        unsigned rings;
        std::string name, path;
        virtio::vhost_user::Line line;
        virtio::vhost_user::Inflight inflight;
        std::uint64_t lines = 0; // that there were
        virtio::OwnedFd ours, theirs;
        Backoff backoff;
        Clock::time_point connected{};
        std::optional<Clock::time_point> due; // of the next attempt
        std::string told;                     // about the attempts since the last line
    };

    VhostUserLinks() = default;
    Outcome<Done> make_records();
    Outcome<Done> connect(One& one);
    void try_again(One& one);
    void give(One& one);
    bool take_word(One& one); // false: there is none
    void lost(One& one);
    void set_timer();

    std::vector<One> all_;
    virtio::vhost_user::LinkRecord* records_ = nullptr; // shared with the workers, one for each of all_
    virtio::OwnedFd epoll_, timer_;
    Log log_ = [](const std::string&) {};
};

} // namespace amp::backend
