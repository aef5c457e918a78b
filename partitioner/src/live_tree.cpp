// SPDX-License-Identifier: GPL-2.0-only
// Device tree -> Live: processors, interrupt controller, PSCI, reserved memory, paths. Called by live_reader.cpp.
#include "live_tree.hpp"

#include <algorithm>

namespace amp {

namespace {

struct GicKind {
    std::string_view compatible;
    unsigned version;
};
// Documentation/devicetree/bindings/interrupt-controller/arm,gic.yaml and arm,gic-v3.yaml
constexpr GicKind gic_kinds[] = {
    {"arm,gic-v3", 3},          {"arm,gic-400", 2},        {"arm,cortex-a15-gic", 2}, {"arm,cortex-a7-gic", 2},
    {"arm,cortex-a9-gic", 2},   {"arm,eb11mp-gic", 2},     {"arm,pl390", 2},          {"arm,tc11mp-gic", 2},
    {"brcm,brahma-b15-gic", 2}, {"qcom,msm-8660-qgic", 2}, {"qcom,msm-qgic2", 2},     {"nvidia,tegra210-agic", 2},
};

const GicKind* kind_of(const TreeNode& node) {
    const auto found = std::find_if(std::begin(gic_kinds), std::end(gic_kinds),
                                    [&](const GicKind& k) { return node.is_compatible(k.compatible); });
    return found == std::end(gic_kinds) ? nullptr : found;
}

std::vector<LiveCpu> read_cpus(const TreeNode& root) {
    std::vector<LiveCpu> all;
    const TreeNode* cpus = root.child("cpus");
    if (cpus == nullptr) {
        return all;
    }
    for (const auto& node : cpus->children) {
        const auto mpidr = node.text("device_type") == "cpu" ? cpu_mpidr(*cpus, node) : std::nullopt;
        if (mpidr) {
            all.push_back({CpuId(static_cast<std::uint32_t>(all.size())), *mpidr, true, node.text("compatible")});
        }
    }
    return all;
}

LiveGic read_gic(const TreeNode& root) {
    LiveGic gic;
    const TreeNode* node = find_gic(root);
    if (node == nullptr) {
        return gic;
    }
    const GicKind* kind = kind_of(*node);
    gic.version = kind->version;
    gic.compatible = kind->compatible;
    // A GICv2 with virtualization has four register blocks (distributor, CPU interface, GICH, GICV); each at least two
    // cells.
    const TreeProperty* reg = node->property("reg");
    gic.virtualization = gic.version >= 3 || (reg != nullptr && reg->value.size() >= 4 * 2 * 4);
    return gic;
}

std::string psci_method(const TreeNode& root) {
    const TreeNode* psci = root.child("psci");
    if (psci == nullptr) {
        const TreeNode* firmware = root.child("firmware");
        psci = firmware == nullptr ? nullptr : firmware->child("psci");
    }
    return psci == nullptr ? std::string() : psci->text("method");
}

std::vector<ReservedMemory> read_reserved(const TreeNode& root) {
    std::vector<ReservedMemory> all;
    const TreeNode* reserved = root.child("reserved-memory");
    if (reserved == nullptr) {
        return all;
    }
    const std::uint32_t address_cells = reserved->cell("#address-cells", 2);
    const std::uint32_t size_cells = reserved->cell("#size-cells", 1);
    for (const auto& node : reserved->children) {
        const TreeProperty* reg = node.property("reg");
        const auto cells = reg == nullptr ? std::nullopt : reg->cells();
        if (!cells) {
            continue;
        }
        const auto start = read_cells(*cells, 0, address_cells);
        const auto size = read_cells(*cells, address_cells, size_cells);
        if (start && size) {
            all.push_back({node.name, node.path, {PhysAddr(*start), *size}, node.property("no-map") != nullptr && node.is_enabled()});
        }
    }
    return all;
}

void collect_paths(const TreeNode& node, std::vector<std::string>& paths) {
    paths.push_back(node.path);
    for (const auto& child : node.children) {
        collect_paths(child, paths);
    }
}

// As the module looks for it (cpu-hotplug/host.c): the architecture's PMU by its compatible, any other by its node's name.
const TreeNode* find_pmu(const TreeNode& node, bool by_name) {
    const auto compatible = node.texts("compatible");
    const bool found = by_name ? node.name == "pmu" || node.name.starts_with("pmu@")
                               : std::find(compatible.begin(), compatible.end(), "arm,armv8-pmuv3") != compatible.end();
    if (found) {
        return &node;
    }
    for (const auto& child : node.children) {
        if (const TreeNode* pmu = find_pmu(child, by_name)) {
            return pmu;
        }
    }
    return nullptr;
}

bool has_pmu_interrupt(const TreeNode& root) {
    constexpr std::uint32_t gic_ppi = 1; // arm,gic.yaml, first cell
    const TreeNode* pmu = find_pmu(root, false);
    pmu = pmu != nullptr ? pmu : find_pmu(root, true);
    const TreeProperty* interrupts = pmu == nullptr ? nullptr : pmu->property("interrupts");
    const auto cells = interrupts == nullptr ? std::nullopt : interrupts->cells();
    return cells && cells->size() >= 3 && (*cells)[0] == gic_ppi;
}

} // namespace

std::optional<HwCpuId> cpu_mpidr(const TreeNode& cpus, const TreeNode& cpu) {
    const TreeProperty* reg = cpu.property("reg");
    const auto cells = reg == nullptr ? std::nullopt : reg->cells();
    const auto value = cells ? read_cells(*cells, 0, cpus.cell("#address-cells", 1)) : std::nullopt;
    return value ? std::optional(HwCpuId(*value)) : std::nullopt;
}

const TreeNode* find_gic(const TreeNode& root) {
    if (root.property("interrupt-controller") != nullptr && kind_of(root) != nullptr) {
        return &root;
    }
    for (const auto& child : root.children) {
        if (const TreeNode* found = find_gic(child)) {
            return found;
        }
    }
    return nullptr;
}

Live live_from_tree(const TreeNode& root, const std::string& source) {
    Live live;
    live.source = source;
    live.model = root.text("model");
    live.compatible = root.texts("compatible");
    live.cpus = read_cpus(root);
    live.gic = read_gic(root);
    live.pmu_interrupt = has_pmu_interrupt(root);
    live.psci_method = psci_method(root);
    live.reserved_memory = read_reserved(root);
    collect_paths(root, live.nodes);
    live.tree = std::make_shared<const TreeNode>(root);
    if (const TreeNode* chosen = root.child("chosen")) {
        live.bootargs = chosen->text("bootargs");
    }
    if (const TreeNode* gic = find_gic(root)) {
        live.interrupts = tree_interrupts(root, *gic);
    }
    return live;
}

} // namespace amp
