// SPDX-License-Identifier: GPL-2.0-only
// The privileged process of a partition's back end: starts a worker, starts the next when it is dead, ends when the partition is
// gone or somebody says so. It holds what has to outlive workers (state, terminals, sockets) and never touches a guest's data.
#pragma once

#include "backoff.hpp"
#include "instance.hpp"
#include "lasting.hpp"
#include "log_file.hpp"
#include "partition.hpp"
#include "report.hpp"
#include "run_files.hpp"
#include "status.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <chrono>
#include <functional>

namespace amp::backend {

class Supervisor {
public:
    // Told once: "" when all devices are open, else why they are not.
    using Announce = std::function<void(const std::string& error)>;

    Supervisor(const Config& config, Partition& partition, RunFiles files, const Lasting& lasting, Instance& instance, LogFile log,
               Announce announce);
    // Exit status. The signals it waits for have to be blocked (see block_signals).
    int run();

    static void block_signals();

private:
    using Clock = std::chrono::steady_clock;

    void start_worker();
    void let_worker_begin();
    void wait_for_something();
    void take_signals();
    void take_reports(unsigned most);
    void take(const Report& report);
    void worker_died(int wait_status);
    [[nodiscard]] bool may_try_again() const;
    void end_worker();
    void write_status();
    void remove_files();
    [[nodiscard]] int wait_milliseconds() const;

    const Config& config_;
    Partition& partition_;
    RunFiles files_;
    const Lasting& lasting_;
    Instance& instance_;
    LogFile log_;
    Announce announce_;
    Status status_;
    virtio::OwnedFd signals_;
    virtio::OwnedFd reports_;
    Backoff backoff_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point started_{};
    Clock::time_point next_start_{};
    std::string failure_; // what the present worker said before it ended
    bool announced_ = false;
    bool status_changed_ = false; // and is not written yet
    bool ending_ = false;
    bool partition_gone_ = false;
    int exit_status_ = 0;
};

} // namespace amp::backend
