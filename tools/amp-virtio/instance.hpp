// SPDX-License-Identifier: GPL-2.0-only
// One supervisor per partition: the locked virtio.pid, and what a second call does, which is no mistake: `ampctl start` calls
// every time.
#pragma once

#include "partition.hpp"
#include "run_files.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <optional>

namespace amp::backend {

class Instance {
public:
    // The lock, or nothing where another process has it.
    static Outcome<std::optional<Instance>> claim(const std::string& pid_file);
    // Of the process that supervises in the end.
    Outcome<Done> write_pid();
    [[nodiscard]] int descriptor() const { return file_.get(); }

private:
    explicit Instance(virtio::OwnedFd file) : file_(std::move(file)) {}
    virtio::OwnedFd file_;
};

// With another supervisor there: the lock after all, since it was just ending, or nothing where it serves this very partition.
// Five seconds without either are an error.
Outcome<std::optional<Instance>> claim_or_served(const Config& config, Partition& partition, const RunFiles& files);

} // namespace amp::backend
