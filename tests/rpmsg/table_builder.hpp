// SPDX-License-Identifier: GPL-2.0-only
// A resource table with one rpmsg device of two vrings, to be spoilt by tests.
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "amp/abi/rpmsg.h"

namespace amp::rpmsg {

class TableBuilder {
public:
    TableBuilder() : bytes_(20 + sizeof(amp_rsc_vdev) + 2 * sizeof(amp_rsc_vring)) {
        head() = {AMP_RSC_VERSION, 1, {0, 0}};
        offset(0) = 20;
        vdev() = {AMP_RSC_VDEV, AMP_VIRTIO_ID_RPMSG, 0, AMP_RPMSG_FEATURE_NS, 0, 0, 0, 2, {0, 0}};
        vring(0) = {0x40200000, 4096, 8, 0, 0};
        vring(1) = {0x40202000, 4096, 8, 1, 0};
    }

    amp_rsc_table& head() { return at<amp_rsc_table>(0); }
    std::uint32_t& offset(std::size_t index) { return at<std::uint32_t>(16 + 4 * index); }
    amp_rsc_vdev& vdev() { return at<amp_rsc_vdev>(20); }
    amp_rsc_vring& vring(std::size_t index) {
        return at<amp_rsc_vring>(20 + sizeof(amp_rsc_vdev) + index * sizeof(amp_rsc_vring));
    }

    // Instead of the device: a table has room for one entry here.
    void carveout(const std::string& name, std::uint32_t da, std::uint32_t size) {
        amp_rsc_carveout entry{AMP_RSC_CARVEOUT, da, 0, size, 0, 0, {}};
        name.copy(entry.name, sizeof entry.name - 1);
        std::memcpy(&bytes_[20], &entry, sizeof entry);
    }

    std::vector<std::byte> bytes() const { return bytes_; }

private:
    template <typename T>
    T& at(std::size_t offset) {
        return *reinterpret_cast<T*>(&bytes_[offset]);
    }

    std::vector<std::byte> bytes_;
};

} // namespace amp::rpmsg
