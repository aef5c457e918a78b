// SPDX-License-Identifier: GPL-2.0-only
// Device tree -> Spec: names, types and syntax of a description; whether values make sense is for the checks. Reads
// every partition even where others have errors, so that one run shows them all.
#include "amp/partitioner/spec.hpp"

#include <algorithm>

#include "description_source.hpp"
#include "node_reader.hpp"
#include "text.hpp"

namespace amp {

namespace {

constexpr std::string_view compatible = "amp,partition-v1";

constexpr std::string_view partition_properties[] = {
    "compatible",       "id",          "os,type",         "amp,cores",       "cpus",
    "memory",           "amp,image",   "amp,unlisted-memory", "amp,load-address", "amp,entry",
    "amp,aarch32",      "amp,initrd",  "amp,dtb",         "amp,dtb-address", "amp,dtb-overlay",
    "amp,console",      "access",      "amp,devices",     "#access-flags-cells",
    "amp,device-addresses", "amp,reserved-memory", "amp,allow-dma",
};

class PartitionReader {
public:
    PartitionReader(const TreeNode& root, const TreeNode& domains, const TreeNode& node, Diagnostics& diagnostics)
        : root_(root), domains_(domains), node_(node), diagnostics_(diagnostics), reader_(node, diagnostics) {}

    PartitionSpec read() {
        static constexpr std::string_view children[] = {"chosen", "channels", "files", "virtio"};
        reader_.expect_properties(partition_properties);
        reader_.expect_children(children);
        spec_.name = {node_.name, node_.place};
        spec_.id = reader_.cell("id", "1");
        spec_.os_type = reader_.text("os,type");
        read_cores();
        read_memory("memory", false);
        read_memory("amp,unlisted-memory", true);
        spec_.image = reader_.text("amp,image");
        spec_.load_address = reader_.number("amp,load-address");
        spec_.entry = reader_.number("amp,entry");
        spec_.aarch32 = reader_.flag("amp,aarch32");
        spec_.initrd = reader_.text("amp,initrd");
        spec_.dtb_address = reader_.number("amp,dtb-address");
        spec_.dtb = reader_.text("amp,dtb");
        spec_.dtb_overlays = reader_.texts("amp,dtb-overlay");
        spec_.console = reader_.flag("amp,console");
        read_devices();
        read_chosen();
        if (const TreeNode* channels = node_.child("channels")) {
            spec_.channels = read_channels(*channels, diagnostics_);
        }
        if (const TreeNode* files = node_.child("files")) {
            spec_.files = read_files(*files, diagnostics_);
        }
        if (const TreeNode* virtio = node_.child("virtio")) {
            spec_.virtio = read_virtio(*virtio, diagnostics_);
        }
        note_malformed();
        return std::move(spec_);
    }

private:
    void read_cores() {
        spec_.cores_place = node_.place;
        const TreeProperty* property = node_.property("amp,cores");
        if (property == nullptr) {
            return;
        }
        spec_.cores_place = property->place;
        const auto cells = property->cells();
        if (!cells) {
            diagnostics_.error("spec.property-type", property->place, "amp,cores is no list of cells",
                               "write reg values of cpu@N nodes: amp,cores = <3>");
            return;
        }
        for (const auto cell : *cells) {
            spec_.cores.push_back({cell, property->place});
        }
    }

    void read_memory(std::string_view name, bool unlisted) {
        const TreeProperty* property = node_.property(name);
        if (!unlisted) {
            spec_.memory_place = property == nullptr ? node_.place : property->place;
        }
        if (property == nullptr) {
            return;
        }
        const std::uint32_t address_cells = domains_.cell("#address-cells", 0);
        const std::uint32_t size_cells = domains_.cell("#size-cells", 0);
        if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2) {
            diagnostics_.error("spec.cells", domains_.place,
                               "node domains does not say of how many cells the addresses and sizes in memory consist",
                               "give it #address-cells = <2>; and #size-cells = <2>; (1 is possible, too)");
            return;
        }
        const auto cells = property->cells();
        const std::size_t tuple = address_cells + size_cells;
        if (!cells || cells->empty() || cells->size() % tuple != 0) {
            diagnostics_.error("spec.property-type", property->place,
                               property->name + " has " + std::to_string(property->value.size()) +
                                   " bytes, no multiple of " + std::to_string(tuple * 4),
                               "each region is " + std::to_string(address_cells) + " cells of address and " +
                                   std::to_string(size_cells) + " of size, as node domains says");
            return;
        }
        for (std::size_t i = 0; i < cells->size(); i += tuple) {
            const Range<GuestPhysAddr> range{GuestPhysAddr(read_cells(*cells, i, address_cells).value_or(0)),
                                             read_cells(*cells, i + address_cells, size_cells).value_or(0)};
            spec_.memory.push_back({range, property->place, unlisted});
        }
    }

    void read_references_of(std::string_view name, std::uint32_t flag_cells, std::vector<NodeReference>& into) {
        if (const TreeProperty* property = node_.property(name)) {
            const auto all = read_references(root_, *property, flag_cells, diagnostics_);
            into.insert(into.end(), all.begin(), all.end());
        }
    }

    void read_devices() {
        read_references_of("amp,devices", 0, spec_.devices);
        // System Device Tree: one cell of flags unless the node says otherwise
        read_references_of("access", std::min(node_.cell("#access-flags-cells", 1), 16u), spec_.devices);
        read_references_of("amp,reserved-memory", 0, spec_.reserved_memory);
        read_device_addresses();
        spec_.allow_dma = reader_.flag("amp,allow-dma");
        if (const TreeProperty* property = node_.property("cpus")) {
            spec_.cpus_mask = property->place;
        }
    }

    void read_device_addresses() {
        const TreeProperty* property = node_.property("amp,device-addresses");
        if (property == nullptr) {
            return;
        }
        const std::uint32_t width = domains_.cell("#address-cells", 0);
        const auto cells = property->cells();
        if (width < 1 || width > 2 || !cells || cells->size() % width != 0) {
            diagnostics_.error("spec.property-type", property->place, "amp,device-addresses is no list of addresses",
                               "write one address per device, each of as many cells as #address-cells of node domains says");
            return;
        }
        for (std::size_t at = 0; at < cells->size(); at += width) {
            spec_.device_addresses.push_back(
                {GuestPhysAddr(read_cells(*cells, at, width).value_or(0)), property->place});
        }
    }

    void read_chosen() {
        static constexpr std::string_view known[] = {"bootargs"};
        const TreeNode* chosen = node_.child("chosen");
        if (chosen == nullptr) {
            return;
        }
        const NodeReader reader(*chosen, diagnostics_);
        reader.expect_properties(known);
        reader.expect_children({});
        spec_.bootargs = reader.text("bootargs");
    }

    void note_malformed() {
        for (const auto& diagnostic : diagnostics_) {
            const std::string& node = diagnostic.place.node;
            if (diagnostic.rule == "spec.property-type" && (node == node_.path || node.starts_with(node_.path + "/"))) {
                spec_.malformed.emplace_back(node, diagnostic.place.property);
            } else if (diagnostic.rule == "spec.cells") {
                spec_.malformed.emplace_back(node_.path, "memory");
            }
        }
    }

    const TreeNode& root_;
    const TreeNode& domains_;
    const TreeNode& node_;
    Diagnostics& diagnostics_;
    NodeReader reader_;
    PartitionSpec spec_;
};

// A full system tree may hold domains that are not ours: those say openamp,domain-v1 only.
bool is_partition(const TreeNode& node, Diagnostics& diagnostics) {
    if (node.is_compatible(compatible)) {
        return true;
    }
    const auto all = node.texts("compatible");
    if (all.size() == 1 && all.front() == "openamp,domain-v1") {
        return false;
    }
    const TreeProperty* property = node.property("compatible");
    diagnostics.error("spec.compatible", property == nullptr ? node.place : property->place,
                      property == nullptr
                          ? "node " + quoted(node.name) + " has no compatible property"
                          : "compatible of " + quoted(node.name) + " does not name " + quoted(compatible),
                      "compatible = \"amp,partition-v1\", \"openamp,domain-v1\";");
    return false;
}

void read_domains(const TreeNode& root, const TreeNode& domains, Loaded<Spec>& loaded) {
    static constexpr std::string_view known[] = {"#address-cells", "#size-cells", "compatible", "ranges"};
    NodeReader(domains, loaded.diagnostics).expect_properties(known);
    for (const auto& node : domains.children) {
        if (is_partition(node, loaded.diagnostics)) {
            loaded.value.partitions.push_back(PartitionReader(root, domains, node, loaded.diagnostics).read());
        }
    }
    if (loaded.value.partitions.empty() && loaded.ok()) {
        loaded.diagnostics.error("spec.no-partition", domains.place, "node domains holds no partition",
                                 "each partition is a child node with compatible = \"amp,partition-v1\"");
    }
}

} // namespace

Loaded<Spec> load_spec(const Bytes& bytes, const std::string& file) {
    Loaded<Spec> loaded;
    loaded.value.file = file;
    Loaded<TreeNode> tree = read_description(bytes, file);
    loaded.diagnostics = std::move(tree.diagnostics);
    if (!loaded.ok()) {
        return loaded;
    }
    const TreeNode* domains = tree.value.child("domains");
    if (domains == nullptr) {
        loaded.diagnostics.error("spec.no-domains", tree.value.place,
                                 "there is no node /domains, where partitions are described",
                                 "docs/description.md shows a smallest description");
        return loaded;
    }
    read_domains(tree.value, *domains, loaded);
    loaded.diagnostics.sort();
    return loaded;
}

Loaded<Spec> load_spec(const Disk& disk, const std::string& path) {
    const auto bytes = disk.read(path);
    if (bytes) {
        return load_spec(*bytes, path);
    }
    Loaded<Spec> loaded;
    loaded.value.file = path;
    Place place;
    place.file = path;
    loaded.diagnostics.error("spec.unreadable", place, "can't be read: " + bytes.error(),
                             "check the path and its permissions");
    return loaded;
}

} // namespace amp
