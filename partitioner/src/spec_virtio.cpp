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

// Properties that exist, but not for this kind, are no misspellings.
void expect_own_properties(const TreeNode& node, const VirtioSpec& device, Diagnostics& diagnostics) {
    std::vector<std::string_view> known = known_properties(device);
    for (const auto& kind : virtio_kinds()) {
        for (const auto& property : node.properties) {
            const bool is_foreign = property.name.starts_with("amp,") &&
                                    std::find(known.begin(), known.end(), property.name) == known.end() &&
                                    std::find(kind.properties.begin(), kind.properties.end(), property.name) !=
                                        kind.properties.end();
            if (is_foreign) {
                diagnostics.error("spec.unknown-property", property.place,
                                  property.name + " is a property of " + std::string(kind.compatible) + ", not of " +
                                      device.compatible->value,
                                  "remove it");
                known.push_back(property.name);
            }
        }
    }
    NodeReader(node, diagnostics).expect_properties(known);
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
        device.mtu = reader.cell("amp,mtu", "1500");
        device.cid = reader.cell("amp,cid", "3");
        device.read_only = reader.flag("read-only");
        expect_own_properties(node, device, diagnostics);
        reader.expect_children({});
        all.push_back(std::move(device));
    }
    return all;
}

} // namespace amp
