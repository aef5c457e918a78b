// SPDX-License-Identifier: GPL-2.0-only
// Which shared interrupts are somebody's: device tree (Devicetree Specification 2.4: interrupts, interrupts-extended,
// interrupt-map) and /proc/interrupts. A node that can't be understood contributes nothing; the module's self-test of
// the doorbell is the last word.
#include <map>

#include "live_tree.hpp"
#include "text.hpp"

namespace amp {

namespace {

// arm,gic.yaml: the first cell is 0 for an SPI, the second counts from INTID 32.
constexpr std::uint32_t gic_spi = 0;
constexpr std::uint32_t spi_first = 32;

class Collector {
public:
    Collector(const TreeNode& root, const TreeNode& gic) : gic_(gic) { index_phandles(root); }

    // inherited: the interrupt-parent in force above the node
    void collect(const TreeNode& node, std::uint32_t inherited) {
        if (!node.is_enabled()) {
            return;
        }
        const std::uint32_t parent = node.cell("interrupt-parent", inherited);
        from_interrupts(node, parent);
        from_extended(node);
        from_map(node);
        for (const auto& child : node.children) {
            collect(child, parent);
        }
    }

    std::vector<InterruptUse> take() { return std::move(uses_); }

private:
    using Cells = std::vector<std::uint32_t>;

    void index_phandles(const TreeNode& node) {
        if (const auto phandle = node.cell("phandle", node.cell("linux,phandle", 0))) {
            by_phandle_[phandle] = &node;
        }
        for (const auto& child : node.children) {
            index_phandles(child);
        }
    }

    const TreeNode* controller(std::uint32_t phandle) const {
        const auto found = by_phandle_.find(phandle);
        return found == by_phandle_.end() ? nullptr : found->second;
    }

    static Cells cells_of(const TreeNode& node, std::string_view name) {
        const TreeProperty* property = node.property(name);
        return property == nullptr ? Cells() : property->cells().value_or(Cells());
    }

    // One specifier of the GIC at cells[at].
    void add(const Cells& cells, std::size_t at, const TreeNode& user) {
        if (at + 1 < cells.size() && cells[at] == gic_spi) {
            uses_.push_back({Irq(cells[at + 1] + spi_first), user.path, false});
        }
    }

    void from_interrupts(const TreeNode& node, std::uint32_t parent) {
        if (controller(parent) != &gic_) {
            return;
        }
        const auto cells = cells_of(node, "interrupts");
        const std::uint32_t size = gic_.cell("#interrupt-cells", 3);
        for (std::size_t at = 0; size != 0 && at + size <= cells.size(); at += size) {
            add(cells, at, node);
        }
    }

    void from_extended(const TreeNode& node) {
        const auto cells = cells_of(node, "interrupts-extended");
        for (std::size_t at = 0; at < cells.size();) {
            const TreeNode* parent = controller(cells[at]);
            if (parent == nullptr) {
                return;
            }
            if (parent == &gic_) {
                add(cells, at + 1, node);
            }
            at += 1 + parent->cell("#interrupt-cells", 0);
        }
    }

    // Rows of: child address, child specifier, parent phandle, parent address, parent specifier.
    void from_map(const TreeNode& node) {
        const auto cells = cells_of(node, "interrupt-map");
        const std::size_t child_cells = std::size_t{node.cell("#address-cells", 2)} + node.cell("#interrupt-cells", 1);
        for (std::size_t at = 0; at < cells.size() && child_cells < cells.size() - at;) {
            const TreeNode* parent = controller(cells[at + child_cells]);
            if (parent == nullptr) {
                return;
            }
            const std::size_t specifier = at + child_cells + 1 + parent->cell("#address-cells", 0);
            if (parent == &gic_) {
                add(cells, specifier, node);
            }
            at = specifier + parent->cell("#interrupt-cells", 1);
        }
    }

    const TreeNode& gic_;
    std::map<std::uint32_t, const TreeNode*> by_phandle_;
    std::vector<InterruptUse> uses_;
};

} // namespace

std::vector<InterruptUse> tree_interrupts(const TreeNode& root, const TreeNode& gic) {
    Collector collector(root, gic);
    collector.collect(root, 0);
    return collector.take();
}

// " 13:  1234  0  GICv3  27 Level  arch_timer": the controller's name, then the INTID, trigger, users.
std::vector<InterruptUse> driver_interrupts(std::string_view text) {
    std::vector<InterruptUse> uses;
    for (const auto& line : lines_of(text)) {
        const auto words = words_of(line);
        for (std::size_t i = 1; i + 1 < words.size(); ++i) {
            const auto intid = words[i].starts_with("GIC") ? parse_number(words[i + 1]) : std::nullopt;
            if (intid) {
                const std::vector<std::string> users(
                    words.begin() + static_cast<std::ptrdiff_t>(std::min(i + 3, words.size())), words.end());
                // Some kernels (6.1) show what was counted under a handler that is gone: Linux still has a number for it.
                const std::string user = users.empty() ? "a driver that is unbound" : joined(users, " ");
                uses.push_back({Irq(static_cast<std::uint32_t>(*intid)), user, !users.empty()});
                break;
            }
        }
    }
    return uses;
}

} // namespace amp
