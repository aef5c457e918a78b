// SPDX-License-Identifier: GPL-2.0-only
// A device tree as plain data with the source place of everything, independent of libfdt. Read from blobs, from dtc and
// from /proc/device-tree; also what emitters build before it becomes a blob.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amp/partitioner/diagnostic.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

struct TreeProperty {
    std::string name;
    Bytes value;
    Place place;

    // Big-endian 32-bit cells; nothing where the length is no multiple of four.
    std::optional<std::vector<std::uint32_t>> cells() const;
    // NUL-terminated strings; nothing where the last one is not terminated or a byte is not printable.
    std::optional<std::vector<std::string>> strings() const;
    // One or two cells as a number.
    std::optional<std::uint64_t> number() const;
};

struct TreeNode {
    std::string name; // with unit address; "" for the root
    std::string path; // "/" for the root
    Place place;
    std::vector<TreeProperty> properties;
    std::list<TreeNode> children; // a list, so that a child stays where it is when others are added

    const TreeProperty* property(std::string_view) const;
    const TreeNode* child(std::string_view) const;
    const TreeNode* find(std::string_view absolute_path) const;
    std::string text(std::string_view property, std::string_view otherwise = {}) const;
    std::vector<std::string> texts(std::string_view property) const;
    std::uint32_t cell(std::string_view property, std::uint32_t otherwise) const;
    bool is_compatible(std::string_view) const;
    // status is absent, "okay" or "ok"
    bool is_enabled() const;

    // building
    TreeNode& add(std::string child_name);
    void set(std::string property);
    void set_cells(std::string property, const std::vector<std::uint32_t>&);
    void set_u64s(std::string property, const std::vector<std::uint64_t>&);
    void set_text(std::string property, std::string_view);
    void set_texts(std::string property, const std::vector<std::string>&);
};

// One or two cells starting at index; nothing past the end.
std::optional<std::uint64_t> read_cells(const std::vector<std::uint32_t>&, std::size_t index, std::uint32_t count);

} // namespace amp
