// SPDX-License-Identifier: GPL-2.0-only
// Rules about assigned devices on the machine's side: that they exist, can be given away, share no page with others, and are not
// in use. Part of the rule table.
#include <algorithm>

#include "device_subject.hpp"

namespace amp {

namespace {

std::vector<std::string_view> paths_of(const Live& live) {
    return {live.nodes.begin(), live.nodes.end()};
}

void reference(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (const auto* list : {&partition.devices, &partition.reserved_memory}) {
        for (const auto& node : *list) {
            if (node.path.empty()) {
                report(node.place, "no node of the description has phandle " + hex(node.phandle),
                       "phandles are for full system trees; elsewhere write " +
                           std::string(node.place.property == "access" ? "amp,devices" : node.place.property) +
                           " = \"/path/of/the/node\"");
            }
        }
    }
}

void unknown(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live || !context.world.live->tree) {
        return;
    }
    const auto& live = *context.world.live;
    for (const auto& node : context.subjects[index].partition.devices) {
        if (!node.path.empty() && live.tree->find(node.path) == nullptr) {
            const auto meant = nearest(node.path, paths_of(live));
            report(node.place, live.source + " has no node " + quoted(node.path),
                   meant ? "did you mean " + quoted(*meant) + "?" : "give the whole path, unit address included");
        }
    }
}

// Why a node is nothing that can be given; empty where it can.
std::string why_not(const TreeNode& node, const MachineTree& machine) {
    if (machine.gic() != nullptr && machine.is_within(node, *machine.gic())) {
        return "is part of the interrupt controller, which stays with Linux";
    }
    if (node.text("device_type") == "memory" || node.path.starts_with("/reserved-memory")) {
        return "is memory, not a device";
    }
    if (node.property("ranges") != nullptr) {
        return "is a bus";
    }
    if (machine.registers(node).empty()) {
        return "has no registers that a processor can reach";
    }
    return {};
}

void not_assignable(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live || !context.world.live->tree) {
        return;
    }
    const MachineTree machine(*context.world.live->tree);
    for (const auto& wanted : context.subjects[index].partition.devices) {
        const TreeNode* node = wanted.path.empty() ? nullptr : machine.root().find(wanted.path);
        const std::string why = node == nullptr ? "" : why_not(*node, machine);
        if (!why.empty()) {
            report(wanted.place, wanted.path + " " + why,
                   "assign a device with registers of its own (reg); for a bus, the devices on it");
        }
    }
}

// Devicetree Specification 2.3.4: "reserved" is a device that works and is kept from this operating system.
void not_enabled(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree&) {
        const std::string status = device.node->text("status", "okay");
        if (!device.node->is_enabled() && status != "reserved") {
            report(device.reference->place, device.node->path + " has status " + quoted(status) + " on this machine",
                   "only devices with status okay or reserved (or none) are known to work");
        }
    });
}

// A node that is not the partition's and answers in the same pages.
void page_shared(const CheckContext& context, std::size_t index, Report& report) {
    std::vector<AssignedDevice> own;
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree&) { own.push_back(device); });
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        std::vector<std::string> neighbours;
        for (const TreeNode* node : machine.nodes()) {
            const bool is_own = std::any_of(own.begin(), own.end(),
                                            [&](const auto& one) { return one.node->path == node->path; }) ||
                                machine.is_within(*node, *device.node);
            const auto others = is_own ? std::vector<PhysRange>() : machine.registers(*node);
            const bool shares = std::any_of(others.begin(), others.end(), [&](const auto& other) {
                return std::any_of(device.registers.begin(), device.registers.end(), [&](const auto& range) {
                    return pages_of(range).overlaps(pages_of(other));
                });
            });
            if (shares) {
                neighbours.push_back(node->path);
            }
        }
        if (!neighbours.empty()) {
            report(device.reference->place,
                   device.node->path + " at " + text(device.registers.front()) + " shares a 4 KiB page with " +
                       joined(neighbours) + ": the guest would reach " + (neighbours.size() == 1 ? "it" : "them") + ", too",
                   "assign all devices of the page to the partition, or none");
        }
    });
}

// A device that another one of the machine's nodes, interrupt controller or RAM, lies in; whatever its tree calls it.
void covers(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        std::vector<PhysRange> kept = machine.gic() == nullptr ? std::vector<PhysRange>() : machine.registers(*machine.gic());
        for (const auto& node : machine.root().children) {
            const auto ram = node.text("device_type") == "memory" ? machine.registers(node) : std::vector<PhysRange>();
            kept.insert(kept.end(), ram.begin(), ram.end());
        }
        for (const auto& range : device.registers) {
            const auto hit = std::find_if(kept.begin(), kept.end(), [&](const auto& one) { return pages_of(range).overlaps(one); });
            if (hit != kept.end()) {
                report(device.reference->place,
                       device.node->path + " at " + text(range) + " covers memory or the interrupt controller at " + text(*hit),
                       "the machine's device tree is wrong there; such a device can't be assigned");
            }
        }
    });
}

void twice(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (std::size_t i = 0; i < partition.devices.size(); ++i) {
        const auto& path = partition.devices[i].path;
        const auto same = [&](const NodeReference& other) { return !path.empty() && other.path == path; };
        const auto end = partition.devices.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::any_of(partition.devices.begin(), end, same)) {
            report(partition.devices[i].place, path + " is listed twice", "list it once");
        }
        for (std::size_t other = 0; other < index; ++other) {
            const auto& theirs = context.subjects[other].partition;
            if (std::any_of(theirs.devices.begin(), theirs.devices.end(), same)) {
                report(partition.devices[i].place, path + " is assigned to " + where(theirs) + " as well",
                       "a device has one owner");
            }
        }
    }
}

void held(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        for (const auto& binding : context.world.live->drivers) {
            const TreeNode* node = machine.root().find(binding.node);
            if (node != nullptr && machine.is_within(*node, *device.node)) {
                report(device.reference->place,
                       binding.node + " is held by Linux's driver " + quoted(binding.driver),
                       "free it: echo " + binding.device + " > /sys/bus/" + binding.bus + "/drivers/" + binding.driver +
                           "/unbind");
            }
        }
    });
}

void cpus_mask(const CheckContext& context, std::size_t index, Report& report) {
    const auto& place = context.subjects[index].partition.cpus_mask;
    if (place) {
        report(*place, "naming cores by cluster and mask is not supported yet",
               "write amp,cores = <N>; with the reg value of a cpu@N node");
    }
}

constexpr Rule rules[] = {
    {"devices.reference", Severity::error, "phandles of access, amp,devices and amp,reserved-memory are nodes of the description",
     reference},
    {"devices.unknown", Severity::error, "the machine has such a device", unknown},
    {"devices.not-assignable", Severity::error, "a device has registers, and is not the interrupt controller, memory or a bus",
     not_assignable},
    {"devices.not-enabled", Severity::error, "a device is not disabled on the machine", not_enabled},
    {"devices.covers", Severity::error, "a device's registers lie in neither memory nor the interrupt controller", covers,
     {"devices.not-assignable"}},
    {"devices.page-shared", Severity::error, "no other device answers in a device's 4 KiB pages", page_shared,
     {"devices.covers", "devices.not-assignable"}},
    {"devices.twice", Severity::error, "a device has one owner", twice},
    {"devices.held", Severity::error, "no driver of Linux holds a device", held},
    {"cpus.mask-unsupported", Severity::error, "cpus = <&cluster mask level> is not supported yet", cpus_mask},
};

} // namespace

std::span<const Rule> device_rules() {
    return rules;
}

} // namespace amp
