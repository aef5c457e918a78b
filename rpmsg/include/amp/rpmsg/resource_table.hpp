// SPDX-License-Identifier: GPL-2.0-only
// Reads the resource table of a firmware (amp/abi/rpmsg.h): from its ELF file when it is planned, out of guest memory when it
// runs. Every offset and count is hostile; the bytes are a private copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "amp/abi/rpmsg.h"
#include "amp/base/result.hpp"

namespace amp::rpmsg {

struct VringEntry {
    std::size_t offset = 0; // of the struct amp_rsc_vring in the table
    amp_rsc_vring vring{};
};

struct Vdev {
    std::size_t offset = 0; // of the struct amp_rsc_vdev in the table
    amp_rsc_vdev vdev{};
    std::vector<VringEntry> vrings;
};

struct Carveout {
    std::size_t offset = 0;
    std::string name;
    std::uint32_t da = 0, size = 0;
};

struct ResourceTable {
    std::vector<Vdev> vdevs;
    std::vector<Carveout> carveouts;
};

// What is wrong with it, as a sentence about "it".
Result<ResourceTable, std::string> parse_resource_table(std::span<const std::byte> bytes);

// The one rpmsg device with its two vrings, checked: powers of two, sizes in range. Every address may still be AMP_RSC_ANY.
Result<Vdev, std::string> rpmsg_device(const ResourceTable&);

} // namespace amp::rpmsg
