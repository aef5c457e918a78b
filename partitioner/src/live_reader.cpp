// SPDX-License-Identifier: GPL-2.0-only
// Reads the running machine: /proc/device-tree, and from sysfs and procfs which cores are online, which interrupts have
// drivers and how much memory is free. Only reads; what it can't find is reported by rule live.*.
#include "amp/partitioner/live.hpp"

#include <algorithm>
#include <set>

#include "description_source.hpp"
#include "live_tree.hpp"
#include "text.hpp"

namespace amp {

namespace {

// Deeper than any real tree; ends a walk through a directory that links to itself.
constexpr int depth_max = 64;

void read_directory(const Disk& disk, const std::string& directory, int depth, TreeNode& node) {
    for (const auto& name : disk.list(directory)) {
        const std::string path = directory + "/" + name;
        if (disk.is_directory(path)) {
            if (depth < depth_max) {
                read_directory(disk, path, depth + 1, node.add(name));
            }
        } else if (name != "name") { // the kernel's own property, not the tree's
            if (auto bytes = disk.read(path)) {
                node.properties.push_back({name, std::move(*bytes), {}});
            }
        }
    }
}

std::string read_text(const Disk& disk, const std::string& path) {
    const auto bytes = disk.read(path);
    return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

// "0-1,3"
std::set<std::uint32_t> parse_cpu_list(std::string text) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::set<std::uint32_t> cpus;
    for (const auto& range : words_of(text)) {
        const auto dash = range.find('-');
        const auto first = parse_number(std::string_view(range).substr(0, dash));
        const auto last = dash == std::string::npos ? first : parse_number(std::string_view(range).substr(dash + 1));
        for (auto cpu = first.value_or(1); first && last && cpu <= *last && cpu < 4096; ++cpu) {
            cpus.insert(static_cast<std::uint32_t>(cpu));
        }
    }
    return cpus;
}

// Linux's numbers come from the links that sysfs holds: the boot core is 0 wherever the tree lists it.
std::vector<LiveCpu> number_cpus(const Disk& disk, const std::string& sysfs, const TreeNode& root) {
    static constexpr std::string_view tree_mark = "/devicetree/base";
    const auto online = parse_cpu_list(read_text(disk, sysfs + "/online"));
    const TreeNode* cpus = root.child("cpus");
    std::vector<LiveCpu> all;
    for (const auto& name : disk.list(sysfs)) {
        const auto number = name.starts_with("cpu") ? parse_number(std::string_view(name).substr(3)) : std::nullopt;
        const std::string target = number ? disk.resolve_link(sysfs + "/" + name + "/of_node") : std::string();
        const auto mark = target.find(tree_mark);
        if (cpus == nullptr || mark == std::string::npos) {
            continue;
        }
        const TreeNode* node = root.find(std::string_view(target).substr(mark + tree_mark.size()));
        const auto mpidr = node == nullptr ? std::nullopt : cpu_mpidr(*cpus, *node);
        if (mpidr) {
            const CpuId cpu(static_cast<std::uint32_t>(*number));
            all.push_back({cpu, *mpidr, online.contains(cpu.number), node->text("compatible")});
        }
    }
    std::sort(all.begin(), all.end(), [](const LiveCpu& a, const LiveCpu& b) { return a.cpu < b.cpu; });
    return all;
}

std::optional<std::uint64_t> read_available(const Disk& disk, const std::string& path) {
    for (const auto& line : lines_of(read_text(disk, path))) {
        const auto words = words_of(line);
        const auto kib = words.size() >= 2 && words[0] == "MemAvailable:" ? parse_number(words[1]) : std::nullopt;
        if (kib) {
            return *kib * 1024;
        }
    }
    return std::nullopt;
}

Place place_of(const std::string& file) {
    Place place;
    place.file = file;
    return place;
}

} // namespace

Loaded<Live> load_live(const Disk& disk, const LivePaths& paths) {
    Loaded<Live> loaded;
    if (!disk.is_directory(paths.device_tree)) {
        loaded.diagnostics.error("live.no-device-tree", place_of(paths.device_tree),
                                 "this machine shows no device tree",
                                 "run it on the target, or give the target's tree with --dtb");
        return loaded;
    }
    TreeNode root;
    root.path = "/";
    read_directory(disk, paths.device_tree, 0, root);
    loaded.value = live_from_tree(root, paths.device_tree);
    Live& live = loaded.value;
    live.running_here = true;
    live.cpus = number_cpus(disk, paths.cpus, root);
    live.drivers = bound_drivers(disk, paths.buses);
    live.available_memory = read_available(disk, paths.meminfo);
    live.bootargs = joined(words_of(read_text(disk, paths.cmdline)), " ");
    for (auto& use : driver_interrupts(read_text(disk, paths.interrupts))) {
        live.interrupts.push_back(std::move(use));
    }
    return loaded;
}

Loaded<Live> load_live_tree(const Disk& disk, const std::string& path) {
    Loaded<Live> loaded;
    const auto bytes = disk.read(path);
    if (!bytes) {
        loaded.diagnostics.error("live.unreadable", place_of(path), "can't be read: " + bytes.error());
        return loaded;
    }
    Loaded<TreeNode> tree = read_description(*bytes, path);
    loaded.diagnostics = std::move(tree.diagnostics);
    if (loaded.ok()) {
        loaded.value = live_from_tree(tree.value, path);
    }
    return loaded;
}

} // namespace amp
