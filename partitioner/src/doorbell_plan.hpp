// SPDX-License-Identifier: GPL-2.0-only
// Which doorbell each new partition gets: the candidates that no existing partition has, in order. Shared by check and
// planner.
#pragma once

#include "amp/partitioner/plan.hpp"

namespace amp {

// At most count; fewer where no more are free.
std::vector<Irq> doorbells_for(const World&, std::size_t count);

} // namespace amp
