// SPDX-License-Identifier: GPL-2.0-only
// Rules about assigned devices on the guest's side: where they appear, their interrupts, clocks and what else their nodes refer to.
// Part of the rule table.
#include <algorithm>

#include "../emit_guest_devices.hpp"
#include "../fdt_tree.hpp"
#include "amp/base/bits.hpp"
#include "device_subject.hpp"

namespace amp {

namespace {

bool share_page(const AssignedDevice& one, const AssignedDevice& other) {
    return std::any_of(one.registers.begin(), one.registers.end(), [&](const auto& own) {
        return std::any_of(other.registers.begin(), other.registers.end(),
                           [&](const auto& their) { return pages_of(own).overlaps(pages_of(their)); });
    });
}

void address(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    const auto& addresses = partition.device_addresses;
    if (!addresses.empty() && addresses.size() != partition.devices.size()) {
        report(addresses.front().place,
               std::to_string(addresses.size()) + " addresses for " + std::to_string(partition.devices.size()) + " devices",
               "give each one, those of amp,devices first, then those of access");
        return;
    }
    std::vector<AssignedDevice> earlier;
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree&) {
        for (const auto& other : earlier) {
            if (device.shift != other.shift && share_page(device, other)) {
                report(addresses.front().place,
                       device.node->path + " and " + other.node->path + " share a page and would be moved by different distances",
                       "keep their distance of " + hex(device.registers.front().start - other.registers.front().start));
            }
        }
        earlier.push_back(device);
        if (!is_aligned(device.shift, AMP_PAGE_SIZE)) {
            report(addresses.front().place,
                   device.node->path + " can't appear at " + hex(device.registers.front().start.number + device.shift) +
                       ": it lies elsewhere in its page",
                   "the last three digits must be those of its own address, " +
                       hex(device.registers.front().start.number));
        }
    });
}

void overlap(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    std::vector<AssignedDevice> devices;
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree&) { devices.push_back(device); });
    if (devices.empty()) {
        return;
    }
    auto taken = platform_ranges(platform_for(partition, context.world.live->gic.version));
    for (const auto& region : partition.memory) {
        taken.push_back({region.value, "memory"});
    }
    const auto channels = place_channels(partition);
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (channels[i]) {
            taken.push_back({*channels[i], named(partition.channels[i])});
        }
    }
    const GuestRange possible{GuestPhysAddr(0), AMP_GPA_LIMIT};
    const auto regions = device_regions(devices);
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const auto& region = regions[i];
        const std::string hint = "move it: amp,device-addresses = <...>, one address per device";
        for (const auto& other : taken) {
            if (region.range.overlaps(other.range)) {
                report(devices.front().reference->place,
                       region.what + " would appear at " + hex(region.range.start.number) + ", where " + other.name + " is", hint);
            }
        }
        if (!possible.contains(region.range)) {
            report(devices.front().reference->place,
                   region.what + " would appear at " + hex(region.range.start.number) + ", beyond the guest's address space", hint);
        }
        if (i != 0 && region.range.overlaps(regions[i - 1].range)) {
            report(devices.front().reference->place,
                   region.what + " would appear where " + regions[i - 1].what + " is, at " + hex(region.range.start.number), hint);
        }
    }
}

bool is_assigned(const TreeNode& node, const CheckContext& context, std::size_t index, const MachineTree& machine) {
    const auto& devices = context.subjects[index].partition.devices;
    return std::any_of(devices.begin(), devices.end(), [&](const auto& reference) {
        const TreeNode* device = reference.path.empty() ? nullptr : machine.root().find(reference.path);
        return device != nullptr && machine.is_within(node, *device);
    });
}

std::string cells_text(const std::vector<std::uint32_t>& cells) {
    std::vector<std::string> words;
    for (const auto cell : cells) {
        words.push_back(std::to_string(cell));
    }
    return joined(words, " ");
}

void interrupt(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        const auto& place = device.reference->place;
        for (const TreeNode* node : unreadable_interrupts(device, machine)) {
            report(place, "the interrupts of " + node->path + " can't be understood", "see its node in the machine's device tree");
        }
        for (const auto& one : device_interrupts(device, machine)) {
            const bool gic = one.controller == machine.gic();
            if (gic && one.spi() == Irq()) {
                report(place, one.node->path + " has an interrupt that can't be given to a guest: <" + cells_text(one.cells) + ">",
                       "only shared interrupts (SPI) that are rising edges or high levels can");
            } else if (!gic && !is_assigned(*one.controller, context, index, machine)) {
                report(place, one.node->path + " has an interrupt of " + one.controller->path + ", which the partition does not have",
                       "assign " + one.controller->path + " as well");
            }
        }
    });
}

// Lines of /proc/interrupts and other nodes; the device's own nodes are its own.
void interrupt_in_use(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        for (const auto& one : device_interrupts(device, machine)) {
            const auto spi = one.controller == machine.gic() ? one.spi() : Irq();
            for (const auto& use : context.world.live->interrupts) {
                const TreeNode* user = use.by_driver ? nullptr : machine.root().find(use.user);
                const bool own = user != nullptr ? is_assigned(*user, context, index, machine) : !use.by_driver;
                if (spi != Irq() && use.intid == spi && !own) {
                    report(device.reference->place,
                           "interrupt " + std::to_string(spi.number) + " of " + one.node->path + " is used by " + use.user +
                               " as well",
                           use.by_driver ? "end what uses it; /proc/interrupts shows it" : "an interrupt has one owner");
                }
            }
        }
    });
}

void too_many_interrupts(const CheckContext& context, std::size_t index, Report& report) {
    std::vector<AssignedDevice> devices;
    std::size_t wanted = 0;
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        devices.push_back(device);
        wanted += device_interrupts(device, machine).size();
    });
    if (wanted > AMP_IRQS_MAX) {
        report(devices.front().reference->place,
               "the devices have " + std::to_string(wanted) + " interrupts, a partition has at most " + std::to_string(AMP_IRQS_MAX),
               "assign fewer devices");
    }
}

std::string row_text(const Reference& row) {
    return row.node->path + (row.cells.empty() ? "" : " ") + cells_text(row.cells);
}

void clock_unknown(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        for_each_node(*device.node, [&](const TreeNode& node) {
            const TreeProperty* clocks = node.property("clocks");
            const auto rows = clocks == nullptr ? std::vector<Reference>()
                                                : machine.references(*clocks, "#clock-cells").value_or(std::vector<Reference>());
            for (const auto& row : rows) {
                const auto rate = clock_rate(row, machine, context.world.board);
                if (!rate || *rate > UINT32_MAX) {
                    report(device.reference->place,
                           "the rate of clock " + quoted(row_text(row)) + " of " + node.path + " is not known",
                           "say it in the board file: clock-rates: [\"" + row_text(row) + " = HZ\"], and have it left running");
                }
            }
        });
    });
}

// References that the copy leaves out.
void dropped_reference(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        for_each_node(*device.node, [&](const TreeNode& node) {
            for (const auto& property : node.properties) {
                const auto cells = reference_cells(property.name);
                if (!cells || property.name == "clocks" || property.name == "iommus" || is_board_setup(property.name)) {
                    continue;
                }
                const auto rows = machine.references(property, *cells);
                const bool complete = rows && std::all_of(rows->begin(), rows->end(), [&](const auto& row) {
                    return is_assigned(*row.node, context, index, machine);
                });
                if (!complete) {
                    report(device.reference->place,
                           "the guest's copy of " + node.path + " has no " + property.name +
                               (rows && !rows->empty() ? ": " + rows->front().node->path + " stays with Linux" : ""),
                           "have the board set up before; the guest can't change it");
                }
            }
        });
    });
}

// Nodes that stay with Linux and refer to the device.
void consumer(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        for (const TreeNode* node : machine.nodes()) {
            if (is_assigned(*node, context, index, machine)) {
                continue;
            }
            for (const auto& property : node->properties) {
                const auto cells = reference_cells(property.name);
                const auto rows = cells ? machine.references(property, *cells) : std::nullopt;
                const bool refers = rows && std::any_of(rows->begin(), rows->end(), [&](const auto& row) {
                    return machine.is_within(*row.node, *device.node);
                });
                if (refers) {
                    report(device.reference->place,
                           node->path + " refers to " + device.node->path + " (" + property.name + "): Linux loses that",
                           "make sure that nothing of Linux needs it");
                }
            }
        }
    });
}

void node_too_large(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree&) {
        TreeNode root;
        root.path = "/";
        root.children.push_back(*device.node);
        const std::size_t size = write_dtb(root).size();
        if (size > device_node_room / 4 * 3) {
            report(device.reference->place,
                   "the node " + device.node->path + " is too large to be copied: " + std::to_string(size) + " bytes",
                   "at most " + std::to_string(device_node_room / 4 * 3) + " are possible");
        }
    });
}

constexpr Rule rules[] = {
    {"devices.address", Severity::error, "amp,device-addresses has an address per device, at the device's place in its page", address},
    {"devices.overlap", Severity::error, "devices appear where the guest has nothing else", overlap,
     {"devices.address", "devices.twice", "devices.not-assignable", "devices.covers"}},
    {"devices.interrupt", Severity::error, "a device's interrupts are shared ones of the GIC, or of a device assigned with it", interrupt,
     {"devices.not-assignable"}},
    {"devices.interrupt-in-use", Severity::error, "nobody else uses a device's interrupts", interrupt_in_use,
     {"devices.held", "devices.twice"}},
    {"devices.too-many-interrupts", Severity::error, "the devices of a partition have at most 64 interrupts", too_many_interrupts},
    {"devices.clock-unknown", Severity::error, "the rates of a device's clocks are known", clock_unknown},
    {"devices.dropped-reference", Severity::warning, "a device refers to nothing that stays with Linux", dropped_reference},
    {"devices.consumer", Severity::warning, "nothing that stays with Linux refers to a device", consumer},
    {"devices.node-too-large", Severity::error, "a device's node is small enough to be copied", node_too_large},
};

} // namespace

std::span<const Rule> device_guest_rules() {
    return rules;
}

} // namespace amp
