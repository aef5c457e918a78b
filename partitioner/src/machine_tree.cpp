// SPDX-License-Identifier: GPL-2.0-only
// See machine_tree.hpp. A node that can't be understood has no registers, no interrupts and no rate: whoever asks refuses it.
#include "machine_tree.hpp"

#include "live_tree.hpp"

namespace amp {

namespace {

using Cells = std::vector<std::uint32_t>;

Cells cells_of(const TreeNode& node, std::string_view name) {
    const TreeProperty* property = node.property(name);
    return property == nullptr ? Cells() : property->cells().value_or(Cells());
}

} // namespace

MachineTree::MachineTree(const TreeNode& root) : root_(root), gic_(find_gic(root)) {
    index(root, nullptr);
}

void MachineTree::index(const TreeNode& node, const TreeNode* parent) {
    nodes_.push_back(&node);
    parents_[&node] = parent;
    if (const auto phandle = node.cell("phandle", node.cell("linux,phandle", 0))) {
        by_phandle_[phandle] = &node;
    }
    for (const auto& child : node.children) {
        index(child, &node);
    }
}

const TreeNode* MachineTree::parent(const TreeNode& node) const {
    const auto found = parents_.find(&node);
    return found == parents_.end() ? nullptr : found->second;
}

const TreeNode* MachineTree::by_phandle(std::uint32_t phandle) const {
    const auto found = by_phandle_.find(phandle);
    return found == by_phandle_.end() ? nullptr : found->second;
}

bool MachineTree::is_within(const TreeNode& node, const TreeNode& ancestor) const {
    for (const TreeNode* at = &node; at != nullptr; at = parent(*at)) {
        if (at == &ancestor) {
            return true;
        }
    }
    return false;
}

// From an address on `bus` to the CPU's, through the ranges of every bus above (Devicetree Specification 2.3.8): an empty ranges
// is identity, none means that the CPU can't reach it.
std::optional<PhysAddr> MachineTree::translate(const TreeNode& bus, std::uint64_t address, std::uint64_t size) const {
    const TreeNode* above = parent(bus);
    if (above == nullptr) {
        return PhysAddr(address);
    }
    const TreeProperty* ranges = bus.property("ranges");
    if (ranges == nullptr || bus.text("device_type") == "pci") {
        return std::nullopt;
    }
    if (ranges->value.empty()) {
        return translate(*above, address, size);
    }
    const Cells cells = cells_of(bus, "ranges");
    const std::uint32_t child_cells = bus.cell("#address-cells", 2), parent_cells = above->cell("#address-cells", 2),
                        size_cells = bus.cell("#size-cells", 1);
    const std::size_t row = std::size_t{child_cells} + parent_cells + size_cells;
    for (std::size_t at = 0; row != 0 && at + row <= cells.size(); at += row) {
        const auto start = read_cells(cells, at, child_cells), up = read_cells(cells, at + child_cells, parent_cells),
                   length = read_cells(cells, at + child_cells + parent_cells, size_cells);
        if (start && up && length && address >= *start && address - *start < *length &&
            size <= *length - (address - *start)) {
            return translate(*above, *up + (address - *start), size);
        }
    }
    return std::nullopt;
}

std::vector<PhysRange> MachineTree::registers(const TreeNode& node) const {
    const TreeNode* bus = parent(node);
    const Cells cells = cells_of(node, "reg");
    if (bus == nullptr) {
        return {};
    }
    const std::uint32_t address_cells = bus->cell("#address-cells", 2), size_cells = bus->cell("#size-cells", 1);
    const std::size_t row = std::size_t{address_cells} + size_cells;
    std::vector<PhysRange> all;
    for (std::size_t at = 0; row != 0 && at + row <= cells.size(); at += row) {
        const auto address = read_cells(cells, at, address_cells), size = read_cells(cells, at + address_cells, size_cells);
        const auto start = address && size && *size != 0 ? translate(*bus, *address, *size) : std::nullopt;
        if (!start) {
            return {};
        }
        all.push_back({*start, *size});
    }
    return all;
}

const TreeNode* MachineTree::interrupt_parent(const TreeNode& node) const {
    for (const TreeNode* at = &node; at != nullptr; at = parent(*at)) {
        if (const auto phandle = at->cell("interrupt-parent", 0)) {
            return by_phandle(phandle);
        }
        if (at != &node && at->property("interrupt-controller") != nullptr) {
            return at;
        }
    }
    return nullptr;
}

std::optional<std::vector<InterruptSpecifier>> MachineTree::interrupts(const TreeNode& node) const {
    std::vector<InterruptSpecifier> all;
    if (const TreeProperty* extended = node.property("interrupts-extended")) {
        const auto rows = references(*extended, "#interrupt-cells");
        if (!rows) {
            return std::nullopt;
        }
        for (const auto& row : *rows) {
            all.push_back({row.node, row.cells});
        }
        return all;
    }
    if (node.property("interrupts") == nullptr) {
        return all;
    }
    const TreeNode* controller = interrupt_parent(node);
    const std::uint32_t size = controller == nullptr ? 0 : controller->cell("#interrupt-cells", 0);
    const Cells cells = cells_of(node, "interrupts");
    if (size == 0 || cells.empty() || cells.size() % size != 0) {
        return std::nullopt;
    }
    for (auto at = cells.begin(); at != cells.end(); at += size) {
        all.push_back({controller, Cells(at, at + size)});
    }
    return all;
}

std::optional<std::vector<Reference>> MachineTree::references(const TreeProperty& property,
                                                              std::string_view cells_property) const {
    const auto cells = property.cells();
    if (!cells) {
        return std::nullopt;
    }
    std::vector<Reference> all;
    for (std::size_t at = 0; at < cells->size();) {
        const TreeNode* node = by_phandle((*cells)[at]);
        if (node == nullptr) {
            return std::nullopt;
        }
        const std::size_t count = cells_property.empty() ? 0 : node->cell(cells_property, 0);
        if (count > cells->size() - at - 1) {
            return std::nullopt;
        }
        const auto first = cells->begin() + static_cast<std::ptrdiff_t>(at) + 1;
        all.push_back({node, Cells(first, first + static_cast<std::ptrdiff_t>(count))});
        at += 1 + count;
    }
    return all;
}

std::optional<std::uint64_t> MachineTree::clock_rate(const TreeNode& provider, int depth) const {
    constexpr int depth_max = 8; // of factors; ends a clock that feeds itself
    if (provider.is_compatible("fixed-clock") && provider.property("clock-frequency") != nullptr) {
        return provider.property("clock-frequency")->number();
    }
    const TreeProperty* source = provider.property("clocks");
    if (!provider.is_compatible("fixed-factor-clock") || source == nullptr || depth == depth_max) {
        return std::nullopt;
    }
    const auto rows = references(*source, "#clock-cells");
    const auto rate = rows && rows->size() == 1 ? clock_rate(*rows->front().node, depth + 1) : std::nullopt;
    const std::uint32_t divider = provider.cell("clock-div", 0);
    return rate && divider != 0 ? std::optional(*rate * provider.cell("clock-mult", 1) / divider) : std::nullopt;
}

std::optional<std::string_view> reference_cells(std::string_view property) {
    struct Known {
        std::string_view name, cells;
    };
    static constexpr Known known[] = {
        {"clocks", "#clock-cells"},
        {"assigned-clocks", "#clock-cells"},
        {"assigned-clock-parents", "#clock-cells"},
        {"resets", "#reset-cells"},
        {"power-domains", "#power-domain-cells"},
        {"dmas", "#dma-cells"},
        {"iommus", "#iommu-cells"},
        {"phys", "#phy-cells"},
        {"mboxes", "#mbox-cells"},
        {"interconnects", "#interconnect-cells"},
        {"hwlocks", "#hwlock-cells"},
        {"gpios", "#gpio-cells"},
        {"pwms", "#pwm-cells"},
        {"io-channels", "#io-channel-cells"},
        {"msi-parent", "#msi-cells"},
        {"memory-region", ""},
        {"nvmem-cells", ""},
        {"operating-points-v2", ""},
        {"phy-handle", ""},
        {"extcon", ""},
        {"nand-ecc-engine", ""},
    };
    for (const auto& one : known) {
        if (one.name == property) {
            return one.cells;
        }
    }
    if (property.ends_with("-gpios") || property.ends_with("-gpio")) {
        return "#gpio-cells";
    }
    const bool pin_state = property.starts_with("pinctrl-") && property != "pinctrl-names";
    return pin_state || property.ends_with("-supply") ? std::optional(std::string_view()) : std::nullopt;
}

} // namespace amp
