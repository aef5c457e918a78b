// SPDX-License-Identifier: GPL-2.0-only
// virtio.status: what the back end of a partition is doing, as JSON for people and for ampctl. Pure: the supervisor fills it in
// and writes the text.
#pragma once

#include "config.hpp"
#include "report.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace amp::backend {

struct Status {
    pid_t supervisor = 0;
    pid_t worker = 0; // 0: none lives
    bool ready = false; // the worker has opened everything
    unsigned restarts = 0;
    std::vector<DeviceState> devices; // as in the configuration
    std::string last_error;           // why the last worker ended
};

std::string status_text(const Config& config, const Status& status);

} // namespace amp::backend
