// SPDX-License-Identifier: GPL-2.0-only
// The files node of a partition. Called by spec_reader.cpp.
#include "node_reader.hpp"

namespace amp {

std::vector<FileSpec> read_files(const TreeNode& files, Diagnostics& diagnostics) {
    static constexpr std::string_view known[] = {"amp,file", "amp,address"};
    std::vector<FileSpec> all;
    NodeReader(files, diagnostics).expect_properties({});
    for (const auto& node : files.children) {
        const NodeReader reader(node, diagnostics);
        reader.expect_properties(known);
        reader.expect_children({});
        FileSpec file;
        file.name = {node.name, node.place};
        file.file = reader.text("amp,file");
        file.address = reader.number("amp,address");
        all.push_back(std::move(file));
    }
    return all;
}

} // namespace amp
