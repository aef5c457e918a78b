// SPDX-License-Identifier: GPL-2.0-only
// What rules about virtio devices share: the devices of the partition in hand, and of all before it.
#pragma once

#include "../virtio_devices.hpp"
#include "rule.hpp"

namespace amp {

template <typename Visit>
void for_each_virtio(const CheckContext& context, std::size_t index, Visit visit) {
    for (const auto& device : context.subjects[index].partition.virtio) {
        visit(device);
    }
}

} // namespace amp
