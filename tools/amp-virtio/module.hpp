// SPDX-License-Identifier: GPL-2.0-only
// Partitions of the real module, through /dev/amp.
#pragma once

#include "partition.hpp"

namespace amp::backend {

class Module final : public PartitionOpener {
public:
    Outcome<std::unique_ptr<Partition>> open(const std::string& name) override;
};

} // namespace amp::backend
