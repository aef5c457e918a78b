// SPDX-License-Identifier: GPL-2.0-only
// What rules about devices share: the machine's tree as questions, and the devices of the partition in hand.
#pragma once

#include "../device_plan.hpp"
#include "rule.hpp"

namespace amp {

// Calls visit(device, machine) for each device of the partition that the machine has.
template <typename Visit>
void for_each_device(const CheckContext& context, std::size_t index, Visit visit) {
    const auto& partition = context.subjects[index].partition;
    if (partition.devices.empty() || !context.world.live || !context.world.live->tree) {
        return;
    }
    const MachineTree machine(*context.world.live->tree);
    for (const auto& device : assigned_devices(partition, machine)) {
        visit(device, machine);
    }
}

inline std::string text(const PhysRange& range) {
    return hex(range.start.number) + "-" + hex(range.last().number);
}

} // namespace amp
