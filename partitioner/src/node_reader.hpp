// SPDX-License-Identifier: GPL-2.0-only
// Reads typed properties of one node of a description and reports wrong types and unknown names: the vocabulary shared
// by the reader of partitions and the reader of channels.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "amp/partitioner/spec.hpp"
#include "tree.hpp"

namespace amp {

class NodeReader {
public:
    NodeReader(const TreeNode& node, Diagnostics& diagnostics) : node_(node), diagnostics_(diagnostics) {}

    std::optional<Located<std::string>> text(std::string_view property) const;
    // One or more strings; empty where there are none
    std::vector<Located<std::string>> texts(std::string_view property) const;
    // One cell; example: what would be right
    std::optional<Located<std::uint32_t>> cell(std::string_view property, const std::string& example) const;
    // One or two cells
    std::optional<Located<std::uint64_t>> number(std::string_view property) const;
    // So many bytes; example: what would be right, behind the name
    std::optional<Located<Bytes>> bytes(std::string_view property, std::size_t count, const std::string& example) const;
    std::optional<Place> flag(std::string_view property) const;

    // Unknown amp, names and misspellings are errors (spec.unknown-property), other strangers are left out with a
    // warning.
    void expect_properties(std::span<const std::string_view> known) const;
    // Likewise for child nodes (spec.unknown-node).
    void expect_children(std::span<const std::string_view> known) const;

private:
    void wrong_type(const TreeProperty&, const std::string& expected, const std::string& value) const;

    const TreeNode& node_;
    Diagnostics& diagnostics_;
};

// spec_channels.cpp: the channels node
std::vector<ChannelSpec> read_channels(const TreeNode& channels, Diagnostics&);
// spec_files.cpp: the files node
std::vector<FileSpec> read_files(const TreeNode& files, Diagnostics&);
// spec_virtio.cpp: the virtio node
std::vector<VirtioSpec> read_virtio(const TreeNode& virtio, Diagnostics&);

// spec_devices.cpp: a property that names nodes, each by path or by phandle and so many cells of flags (which have no meaning yet)
std::vector<NodeReference> read_references(const TreeNode& root, const TreeProperty&, std::uint32_t flag_cells, Diagnostics&);

} // namespace amp
