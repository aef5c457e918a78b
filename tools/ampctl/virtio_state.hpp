// SPDX-License-Identifier: GPL-2.0-only
// What is known of a partition's virtio devices: virtio.json says what there is, virtio.status what the back end makes of it.
// Read for status and console; a file that is not there or not as expected leaves its part unknown.
#pragma once

#include "context.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amp::ctl {

struct VirtioDevice {
    unsigned index = 0;
    std::string name, type, backend;
    bool driver_ok = false;
};

struct VirtioState {
    std::vector<VirtioDevice> devices;
    std::optional<pid_t> supervisor; // lives
    std::optional<pid_t> worker;
    bool ready = false; // the worker has opened everything
    unsigned restarts = 0;
    std::string last_error; // why the last worker ended
};

// Nothing where the partition has no such devices.
std::optional<VirtioState> virtio_state(const Context& context, const std::string& partition);

// "process 812, worker 815, restarted once"
std::string back_end_text(const VirtioState& state);
// "driver ok", "no driver yet", "not served"
std::string device_text(const VirtioState& state, const VirtioDevice& device);

} // namespace amp::ctl
