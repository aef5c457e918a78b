// SPDX-License-Identifier: GPL-2.0-only
// Questions to the machine's device tree that need more than one node: addresses through buses, interrupts through parents,
// phandles, clocks (Devicetree Specification 2.3, 2.4). Shared by checks, planner and emitter, so that they agree.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "amp/base/units.hpp"
#include "tree.hpp"

namespace amp {

using PhysRange = Range<PhysAddr>;

// One interrupt of a node, as its controller wants it.
struct InterruptSpecifier {
    const TreeNode* controller = nullptr;
    std::vector<std::uint32_t> cells;
};

// What a property such as clocks or reset-gpios refers to; node is null where no node has the phandle.
struct Reference {
    const TreeNode* node = nullptr;
    std::vector<std::uint32_t> cells;
};

class MachineTree {
public:
    explicit MachineTree(const TreeNode& root);

    const TreeNode& root() const { return root_; }
    const TreeNode* parent(const TreeNode&) const;
    const TreeNode* by_phandle(std::uint32_t) const;
    const TreeNode* gic() const { return gic_; }
    // Whether node is ancestor or lies below it.
    bool is_within(const TreeNode& node, const TreeNode& ancestor) const;
    // Every node, parents first.
    const std::vector<const TreeNode*>& nodes() const { return nodes_; }

    // reg as physical addresses; empty where the node has none or the CPU can't reach it (an I2C address, a PCI function).
    std::vector<PhysRange> registers(const TreeNode&) const;
    // interrupts and interrupts-extended; nothing where they can't be understood.
    std::optional<std::vector<InterruptSpecifier>> interrupts(const TreeNode&) const;
    // The rows of a property that refers to nodes: phandle, then as many cells as the node's cells_property says. Nothing where
    // the value can't be that.
    std::optional<std::vector<Reference>> references(const TreeProperty&, std::string_view cells_property) const;
    // Of fixed-clock and fixed-factor-clock; nothing for any other.
    std::optional<std::uint64_t> clock_rate(const TreeNode& provider, int depth = 0) const;

private:
    void index(const TreeNode&, const TreeNode* parent);
    std::optional<PhysAddr> translate(const TreeNode& bus, std::uint64_t address, std::uint64_t size) const;
    const TreeNode* interrupt_parent(const TreeNode&) const;

    const TreeNode& root_;
    const TreeNode* gic_ = nullptr;
    std::vector<const TreeNode*> nodes_;
    std::map<const TreeNode*, const TreeNode*> parents_;
    std::map<std::uint32_t, const TreeNode*> by_phandle_;
};

// The cells property of a property that refers to nodes: "#clock-cells" for clocks, "" where the phandle stands alone
// (vcc-supply); nothing for any other property.
std::optional<std::string_view> reference_cells(std::string_view property);

} // namespace amp
