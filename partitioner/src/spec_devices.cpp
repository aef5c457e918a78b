// SPDX-License-Identifier: GPL-2.0-only
// How a description names nodes of the machine: by path, or by phandle where the description is a full system tree. Called by
// the reader of partitions.
#include <map>

#include "node_reader.hpp"

namespace amp {

namespace {

void index_phandles(const TreeNode& node, std::map<std::uint32_t, std::string>& paths) {
    if (const auto phandle = node.cell("phandle", node.cell("linux,phandle", 0))) {
        paths[phandle] = node.path;
    }
    for (const auto& child : node.children) {
        index_phandles(child, paths);
    }
}

std::vector<NodeReference> by_phandle(const TreeNode& root, const TreeProperty& property,
                                      const std::vector<std::uint32_t>& cells, std::size_t row) {
    std::map<std::uint32_t, std::string> paths;
    index_phandles(root, paths);
    std::vector<NodeReference> all;
    for (std::size_t at = 0; at < cells.size(); at += row) {
        const auto found = paths.find(cells[at]);
        all.push_back({found == paths.end() ? std::string() : found->second, cells[at], property.place});
    }
    return all;
}

} // namespace

std::vector<NodeReference> read_references(const TreeNode& root, const TreeProperty& property, std::uint32_t flag_cells,
                                           Diagnostics& diagnostics) {
    const auto texts = property.strings();
    if (texts && texts->front().starts_with('/')) {
        std::vector<NodeReference> all;
        for (const auto& path : *texts) {
            all.push_back({path, 0, property.place});
        }
        return all;
    }
    const auto cells = property.cells();
    const std::size_t row = std::size_t{1} + flag_cells;
    // a phandle below 2^24 begins with what would be an empty string
    const bool is_text = texts && !texts->front().empty();
    if (!is_text && cells && !cells->empty() && cells->size() % row == 0) {
        return by_phandle(root, property, *cells, row);
    }
    diagnostics.error("spec.property-type", property.place,
                      property.name + " names no nodes: it is neither a list of paths nor of phandles" +
                          (flag_cells == 0 ? "" : " with " + std::to_string(flag_cells) + " cells of flags each"),
                      "write paths, such as \"/soc/serial@1000\", or <&label" +
                          std::string(flag_cells == 0 ? "" : " 0") + "> in a full system tree");
    return {};
}

} // namespace amp
