// SPDX-License-Identifier: GPL-2.0-only
// One supervisor per partition: the locked virtio.pid, and what a second call does, which is no mistake: `ampctl start` calls
// every time.
#pragma once

#include "partition.hpp"
#include "run_files.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <chrono>
#include <optional>
#include <sys/types.h>

namespace amp::backend {

class Instance {
public:
    // The lock, or nothing where another process has it.
    static Outcome<std::optional<Instance>> claim(const std::string& pid_file);
    // The processes that virtio.pid names have ended, so that nobody works on the devices, their back ends or their state any more:
    // waits so long for them, and leaves the file as it is where they don't. Before the first write_pid().
    Outcome<Done> outlive_earlier(std::chrono::milliseconds limit) const;
    // Of the process that supervises in the end, which calls, and of its worker (0: none yet). A worker does nothing before.
    Outcome<Done> write_pid(pid_t worker);
    [[nodiscard]] int descriptor() const { return file_.get(); }

private:
    explicit Instance(virtio::OwnedFd file) : file_(std::move(file)) {}
    virtio::OwnedFd file_;
};

// True: the supervisor that virtio.pid names has ended, or there is none; false: the partition has, before it.
bool wait_for_other_supervisor(Partition& partition, const RunFiles& files);

// With another supervisor there: the lock after all, since it was just ending, or nothing where it serves this very partition.
// Five seconds without either are an error.
Outcome<std::optional<Instance>> claim_or_served(const Config& config, Partition& partition, const RunFiles& files);

} // namespace amp::backend
