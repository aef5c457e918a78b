// SPDX-License-Identifier: GPL-2.0-only
// Where the vrings, buffers and carve-outs go that a firmware's resource table asks for. Checks and planner both call it, so that
// what was checked is what is planned.
#pragma once

#include "layout.hpp"

namespace amp {

bool has_rpmsg(const PartitionSpec&);

// Writes the addresses that the firmware left to us into its table, in the image's segments, and adds what is taken to the image's
// used ranges.
Result<PlannedRpmsg, ImageError> place_rpmsg(const PartitionSpec&, PlacedImage&);

} // namespace amp
