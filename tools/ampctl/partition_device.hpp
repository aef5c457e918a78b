// SPDX-License-Identifier: GPL-2.0-only
// One partition behind the descriptor that CREATE or OPEN returned.
#pragma once

#include "device.hpp"

namespace amp::ctl {

std::unique_ptr<Partition> make_partition(FileDescriptor fd);

} // namespace amp::ctl
