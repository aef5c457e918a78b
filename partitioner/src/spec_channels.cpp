// SPDX-License-Identifier: GPL-2.0-only
// The channels node of a partition. Called by spec_reader.cpp.
#include "node_reader.hpp"

namespace amp {

std::vector<ChannelSpec> read_channels(const TreeNode& channels, Diagnostics& diagnostics) {
    static constexpr std::string_view known[] = {"amp,peer", "amp,size", "amp,address"};
    std::vector<ChannelSpec> all;
    NodeReader(channels, diagnostics).expect_properties({});
    for (const auto& node : channels.children) {
        const NodeReader reader(node, diagnostics);
        reader.expect_properties(known);
        reader.expect_children({});
        ChannelSpec channel;
        channel.name = {node.name, node.place};
        channel.peer = reader.text("amp,peer");
        channel.size = reader.number("amp,size");
        channel.address = reader.number("amp,address");
        all.push_back(std::move(channel));
    }
    return all;
}

} // namespace amp
