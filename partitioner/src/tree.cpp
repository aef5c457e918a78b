// SPDX-License-Identifier: GPL-2.0-only
// Typed views of properties and the few edits that emitters need; see tree.hpp.
#include "tree.hpp"

#include <algorithm>

namespace amp {

std::optional<std::vector<std::uint32_t>> TreeProperty::cells() const {
    if (value.size() % 4 != 0) {
        return std::nullopt;
    }
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < value.size(); i += 4) {
        numbers.push_back(static_cast<std::uint32_t>(value[i]) << 24 | static_cast<std::uint32_t>(value[i + 1]) << 16 |
                          static_cast<std::uint32_t>(value[i + 2]) << 8 | value[i + 3]);
    }
    return numbers;
}

std::optional<std::vector<std::string>> TreeProperty::strings() const {
    if (value.empty() || value.back() != 0) {
        return std::nullopt;
    }
    std::vector<std::string> all(1);
    for (std::size_t i = 0; i + 1 < value.size(); ++i) {
        if (value[i] == 0) {
            all.emplace_back();
        } else if (value[i] < 0x20 && value[i] != '\t' && value[i] != '\n' && value[i] != '\r') {
            return std::nullopt;
        } else {
            all.back() += static_cast<char>(value[i]);
        }
    }
    return all;
}

std::optional<std::uint64_t> TreeProperty::number() const {
    const auto all = cells();
    if (!all || all->empty() || all->size() > 2) {
        return std::nullopt;
    }
    return read_cells(*all, 0, static_cast<std::uint32_t>(all->size()));
}

const TreeProperty* TreeNode::property(std::string_view wanted) const {
    const auto found =
        std::find_if(properties.begin(), properties.end(), [&](const auto& p) { return p.name == wanted; });
    return found == properties.end() ? nullptr : &*found;
}

const TreeNode* TreeNode::child(std::string_view wanted) const {
    const auto found = std::find_if(children.begin(), children.end(), [&](const auto& c) { return c.name == wanted; });
    return found == children.end() ? nullptr : &*found;
}

const TreeNode* TreeNode::find(std::string_view absolute_path) const {
    const TreeNode* node = this;
    while (node != nullptr) {
        while (absolute_path.starts_with('/')) {
            absolute_path.remove_prefix(1);
        }
        if (absolute_path.empty()) {
            return node;
        }
        const auto end = std::min(absolute_path.find('/'), absolute_path.size());
        node = node->child(absolute_path.substr(0, end));
        absolute_path.remove_prefix(end);
    }
    return nullptr;
}

std::string TreeNode::text(std::string_view wanted, std::string_view otherwise) const {
    const auto all = texts(wanted);
    return all.empty() ? std::string(otherwise) : all.front();
}

std::vector<std::string> TreeNode::texts(std::string_view wanted) const {
    const TreeProperty* found = property(wanted);
    return found == nullptr ? std::vector<std::string>() : found->strings().value_or(std::vector<std::string>());
}

std::uint32_t TreeNode::cell(std::string_view wanted, std::uint32_t otherwise) const {
    const TreeProperty* found = property(wanted);
    const auto all = found == nullptr ? std::nullopt : found->cells();
    return all && all->size() == 1 ? all->front() : otherwise;
}

bool TreeNode::is_compatible(std::string_view wanted) const {
    const auto all = texts("compatible");
    return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool TreeNode::is_enabled() const {
    const std::string status = text("status", "okay");
    return status == "okay" || status == "ok";
}

TreeNode& TreeNode::add(std::string child_name) {
    TreeNode added;
    added.name = std::move(child_name);
    added.path = (path == "/" ? path : path + "/") + added.name;
    children.push_back(std::move(added));
    return children.back();
}

void TreeNode::set(std::string property_name) {
    properties.push_back({std::move(property_name), {}, {}});
}

void TreeNode::set_cells(std::string property_name, const std::vector<std::uint32_t>& numbers) {
    Bytes value;
    for (const auto number : numbers) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            value.push_back(static_cast<std::uint8_t>(number >> shift));
        }
    }
    properties.push_back({std::move(property_name), std::move(value), {}});
}

void TreeNode::set_u64s(std::string property_name, const std::vector<std::uint64_t>& numbers) {
    std::vector<std::uint32_t> halves;
    for (const auto number : numbers) {
        halves.push_back(static_cast<std::uint32_t>(number >> 32));
        halves.push_back(static_cast<std::uint32_t>(number));
    }
    set_cells(std::move(property_name), halves);
}

void TreeNode::set_text(std::string property_name, std::string_view text) {
    set_texts(std::move(property_name), {std::string(text)});
}

void TreeNode::set_texts(std::string property_name, const std::vector<std::string>& texts) {
    Bytes value;
    for (const auto& text : texts) {
        value.insert(value.end(), text.begin(), text.end());
        value.push_back(0);
    }
    properties.push_back({std::move(property_name), std::move(value), {}});
}

std::optional<std::uint64_t> read_cells(const std::vector<std::uint32_t>& cells, std::size_t index,
                                        std::uint32_t count) {
    if (count == 0 || count > 2 || index + count > cells.size()) {
        return std::nullopt;
    }
    std::uint64_t value = cells[index];
    return count == 1 ? value : (value << 32 | cells[index + 1]);
}

} // namespace amp
