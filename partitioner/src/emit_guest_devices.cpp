// SPDX-License-Identifier: GPL-2.0-only
// Copies nodes of the machine's tree into the guest's. Registers move with the device, interrupts get the guest's numbers, clocks
// become fixed ones, references to what the guest does not have are left out (rule devices.dropped-reference has said so).
#include "emit_guest_devices.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "machine_tree.hpp"

namespace amp {

namespace {

constexpr std::uint32_t spi_first = 32;

class Copier {
public:
    Copier(TreeNode& root, const Plan& plan, const MachineTree& machine, std::uint32_t gic_phandle, std::uint32_t phandle)
        : root_(root), plan_(plan), machine_(machine), gic_phandle_(gic_phandle), next_phandle_(phandle) {}

    void run() {
        for (const auto& device : plan_.devices) {
            if (const TreeNode* node = machine_.root().find(device.path)) {
                give_phandles(*node);
            }
        }
        for (const auto& device : plan_.devices) {
            if (const TreeNode* node = machine_.root().find(device.path)) {
                copy_device(*node, device.shift);
            }
        }
    }

private:
    // References among the devices stay, with other phandles.
    void give_phandles(const TreeNode& node) {
        if (node.property("phandle") != nullptr || node.property("linux,phandle") != nullptr) {
            phandles_[&node] = next_phandle_++;
        }
        for (const auto& child : node.children) {
            give_phandles(child);
        }
    }

    void copy_device(const TreeNode& node, std::uint64_t shift) {
        const auto registers = machine_.registers(node);
        char address[24];
        std::snprintf(address, sizeof address, "@%llx",
                      static_cast<unsigned long long>(registers.at(0).start.number + shift));
        TreeNode& copy = root_.add(node.name.substr(0, node.name.find('@')) + address);
        std::vector<std::uint64_t> reg;
        for (const auto& range : registers) {
            reg.insert(reg.end(), {range.start.number + shift, range.size});
        }
        copy.set_u64s("reg", reg);
        copy_properties(node, copy);
    }

    void copy_below(const TreeNode& node, TreeNode& parent) {
        TreeNode& copy = parent.add(node.name);
        if (const TreeProperty* reg = node.property("reg")) {
            copy.properties.push_back({reg->name, reg->value, {}});
        }
        copy_properties(node, copy);
    }

    void copy_properties(const TreeNode& node, TreeNode& copy) {
        if (const auto found = phandles_.find(&node); found != phandles_.end()) {
            copy.set_cells("phandle", {found->second});
        }
        copy_interrupts(node, copy);
        if (node.property("interrupt-controller") != nullptr && node.property("#address-cells") == nullptr) {
            copy.set_cells("#address-cells", {0}); // dtc wants it said (Devicetree Specification 2.4.3.1)
        }
        for (const auto& property : node.properties) {
            const auto cells = reference_cells(property.name);
            if (is_board_setup(property.name)) {
                continue;
            }
            if (property.name == "clocks") {
                copy_clocks(property, copy);
            } else if (cells) {
                copy_references(property, *cells, copy);
            } else {
                copy.properties.push_back({property.name, property.value, {}});
            }
        }
        for (const auto& child : node.children) {
            copy_below(child, copy);
        }
    }

    std::optional<std::vector<std::uint32_t>> guest_cells(const InterruptSpecifier& interrupt) const {
        if (interrupt.controller != machine_.gic()) {
            return interrupt.cells;
        }
        const auto found = std::find_if(plan_.irqs.begin(), plan_.irqs.end(), [&](const auto& irq) {
            return interrupt.cells.size() >= 3 && interrupt.cells[0] == 0 &&
                   irq.intid.number == interrupt.cells[1] + spi_first;
        });
        if (found == plan_.irqs.end()) {
            return std::nullopt;
        }
        return std::vector<std::uint32_t>{0, found->guest_intid.number - spi_first, interrupt.cells[2]};
    }

    void copy_interrupts(const TreeNode& node, TreeNode& copy) {
        const auto all = machine_.interrupts(node).value_or(std::vector<InterruptSpecifier>());
        std::vector<std::uint32_t> plain, extended;
        bool all_gic = true;
        for (const auto& interrupt : all) {
            const auto controller = phandles_.find(interrupt.controller);
            const bool gic = interrupt.controller == machine_.gic();
            const auto cells = guest_cells(interrupt);
            if (!cells || (!gic && controller == phandles_.end())) {
                continue;
            }
            all_gic = all_gic && gic;
            plain.insert(plain.end(), cells->begin(), cells->end());
            extended.push_back(gic ? gic_phandle_ : controller->second);
            extended.insert(extended.end(), cells->begin(), cells->end());
        }
        if (!plain.empty()) {
            copy.set_cells(all_gic ? "interrupts" : "interrupts-extended", all_gic ? plain : extended);
            if (all_gic) { // a controller between this node and the root would be taken for it otherwise
                copy.set_cells("interrupt-parent", {gic_phandle_});
            }
        }
    }

    std::uint32_t fixed_clock(std::uint64_t hz) {
        const auto found = clocks_.find(hz);
        if (found != clocks_.end()) {
            return found->second;
        }
        TreeNode& clock = root_.add("clock-" + std::to_string(hz));
        clock.set_text("compatible", "fixed-clock");
        clock.set_cells("#clock-cells", {0});
        clock.set_cells("clock-frequency", {static_cast<std::uint32_t>(hz)});
        clock.set_cells("phandle", {next_phandle_});
        return clocks_[hz] = next_phandle_++;
    }

    void copy_clocks(const TreeProperty& property, TreeNode& copy) {
        std::vector<std::uint32_t> cells;
        for (const auto& clock : machine_.references(property, "#clock-cells").value_or(std::vector<Reference>())) {
            const auto found = std::find_if(plan_.clocks.begin(), plan_.clocks.end(), [&](const auto& known) {
                return known.provider == clock.node->path && known.cells == clock.cells;
            });
            if (found != plan_.clocks.end()) {
                cells.push_back(fixed_clock(found->hz));
            }
        }
        copy.set_cells("clocks", cells);
    }

    void copy_references(const TreeProperty& property, std::string_view cells_property, TreeNode& copy) {
        std::vector<std::uint32_t> cells;
        const auto rows = machine_.references(property, cells_property);
        if (!rows) {
            return;
        }
        for (const auto& row : *rows) {
            const auto target = phandles_.find(row.node);
            if (target == phandles_.end()) {
                return;
            }
            cells.push_back(target->second);
            cells.insert(cells.end(), row.cells.begin(), row.cells.end());
        }
        copy.set_cells(property.name, cells);
    }

    TreeNode& root_;
    const Plan& plan_;
    const MachineTree& machine_;
    std::uint32_t gic_phandle_;
    std::uint32_t next_phandle_;
    std::map<const TreeNode*, std::uint32_t> phandles_;
    std::map<std::uint64_t, std::uint32_t> clocks_;
};

} // namespace

// reg, phandle and interrupts are written anew; status is the machine's; assigned clocks are set already.
bool is_board_setup(std::string_view property) {
    static constexpr std::string_view left_out[] = {
        "reg",    "phandle",         "linux,phandle",          "interrupts",           "interrupts-extended", "interrupt-parent",
        "status", "assigned-clocks", "assigned-clock-parents", "assigned-clock-rates", "name",                "secure-status"};
    return std::find(std::begin(left_out), std::end(left_out), property) != std::end(left_out);
}

void add_devices(TreeNode& root, const Plan& plan, const Live& live, std::uint32_t gic_phandle,
                 std::uint32_t first_phandle) {
    if (plan.devices.empty() || !live.tree) {
        return;
    }
    const MachineTree machine(*live.tree);
    Copier(root, plan, machine, gic_phandle, first_phandle).run();
}

} // namespace amp
