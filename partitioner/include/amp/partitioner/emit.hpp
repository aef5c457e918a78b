// SPDX-License-Identifier: GPL-2.0-only
// Plans as bytes: the descriptor that the module checks, the device tree and the info page that the guest finds,
// the configuration of its virtio devices. Pure
// functions of the plan; plan() has already put the last two into its segments.
#pragma once

#include "amp/partitioner/plan.hpp"

namespace amp {

// struct amp_partition with its arrays (include/amp/abi/partition.h): the argument of AMP_IOC_CREATE.
Bytes emit_descriptor(const Plan&);
// A flattened device tree as KVM's virt machine would present it; with a node __symbols__ where overlays shall find
// labels.
enum class Symbols { absent, present };
Bytes emit_guest_dtb(const Plan&, const Live&, Symbols = Symbols::absent);
// The labels that __symbols__ may name.
std::vector<std::string> dtb_labels();
// What amp-virtio reads (docs/decisions/0004-virtio.md); ampctl puts it into /run/amp/<partition>/virtio.json.
std::string emit_virtio_config(const Plan&);
// struct amp_info_page (include/amp/abi/info_page.h), one page.
Bytes emit_info_page(const Plan&);

} // namespace amp
