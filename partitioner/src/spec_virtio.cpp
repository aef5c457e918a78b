// SPDX-License-Identifier: GPL-2.0-only
// The virtio node of a partition. Called by spec_reader.cpp.
#include <algorithm>

#include "node_reader.hpp"
#include "virtio_devices.hpp"

namespace amp {

namespace {

// Those of the kind; of all kinds where it is not known, so that one mistake is reported once.
std::vector<std::string_view> known_properties(const VirtioSpec& device) {
    const VirtioKind* own = virtio_kind(device);
    std::vector<std::string_view> known = {"compatible"};
    for (const auto& kind : virtio_kinds()) {
        if (own == nullptr || own == &kind) {
            std::copy_if(kind.properties.begin(), kind.properties.end(), std::back_inserter(known),
                         [](auto name) { return !name.empty(); });
        }
    }
    return known;
}

} // namespace

std::vector<VirtioSpec> read_virtio(const TreeNode& virtio, Diagnostics& diagnostics) {
    std::vector<VirtioSpec> all;
    NodeReader(virtio, diagnostics).expect_properties({});
    for (const auto& node : virtio.children) {
        const NodeReader reader(node, diagnostics);
        VirtioSpec device;
        device.name = {node.name, node.place};
        device.compatible = reader.text("compatible");
        device.backend = reader.text("amp,backend");
        if (const auto bytes = reader.bytes("local-mac-address", 6, " = [02 00 00 00 00 01]")) {
            device.mac.emplace();
            device.mac->place = bytes->place;
            std::copy_n(bytes->value.begin(), 6, device.mac->value.begin());
        }
        device.mtu = reader.cell("amp,mtu");
        device.cid = reader.cell("amp,cid");
        device.read_only = reader.flag("read-only");
        reader.expect_properties(known_properties(device));
        reader.expect_children({});
        all.push_back(std::move(device));
    }
    return all;
}

} // namespace amp
