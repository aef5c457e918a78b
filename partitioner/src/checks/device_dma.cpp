// SPDX-License-Identifier: GPL-2.0-only
// Rules about devices that access memory by themselves, and about the reserved memory that they need: stage 2 binds processors, not
// devices. Part of the rule table.
#include <algorithm>

#include "device_subject.hpp"

namespace amp {

namespace {

// Devices that never master the bus. Everything that is not listed here or in the board file counts as one that may.
constexpr std::string_view without_dma[] = {
    "arm,pl010", "arm,pl011", "arm,pl031",      "arm,pl050",        "arm,pl061",          "arm,sp804",
    "arm,sp805", "ns16550",   "ns16550a",       "snps,dw-apb-uart", "snps,dw-apb-gpio",   "snps,dw-apb-timer",
    "snps,dw-wdt", "arm,sbsa-uart", "google,goldfish-rtc"};

// Why the device must be taken for one that does DMA; empty where it does not.
std::string dma_evidence(const TreeNode& node, const Board& board) {
    for (const auto property : {"dma-coherent", "dma-noncoherent", "dma-ranges", "iommus"}) {
        if (node.property(property) != nullptr) {
            return std::string("its node has ") + property;
        }
    }
    if (node.is_compatible("virtio,mmio")) {
        return "its rings lie in memory";
    }
    const auto names = node.texts("compatible");
    const bool known = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(std::begin(without_dma), std::end(without_dma), name) != std::end(without_dma) ||
               std::find(board.without_dma.begin(), board.without_dma.end(), name) != board.without_dma.end();
    });
    return known ? "" : "nothing says that it does not";
}

bool all_one_to_one(const CheckContext& context, const PartitionSpec& partition) {
    for (std::size_t i = 0; i < partition.memory.size(); ++i) {
        if (!is_one_to_one(partition, i, *context.world.live)) {
            return false;
        }
    }
    return !partition.memory.empty();
}

void iommu(const CheckContext& context, std::size_t index, Report& report) {
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree& machine) {
        if (const TreeProperty* iommus = device.node->property("iommus")) {
            const auto rows = machine.references(*iommus, "#iommu-cells");
            report(device.reference->place,
                   device.node->path + " is behind the IOMMU " + (rows && !rows->empty() ? rows->front().node->path : "of Linux") +
                       ", which translates its addresses as Linux says",
                   "giving an IOMMU's context to a partition is not supported yet");
        }
    });
}

void dma(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for_each_device(context, index, [&](const AssignedDevice& device, const MachineTree&) {
        const std::string evidence = dma_evidence(*device.node, context.world.board);
        if (evidence.empty() || (partition.allow_dma && all_one_to_one(context, partition))) {
            return;
        }
        const std::string may = device.node->path + " may access memory by itself (DMA; " + evidence + ")";
        const bool unknown = evidence.starts_with("nothing");
        const std::string also = unknown ? "; if it never does, list its compatible string in the board file's devices-without-dma" : "";
        if (partition.allow_dma) {
            report(device.reference->place,
                   may + ": it takes the guest's addresses for physical ones, yet not all of the partition's memory is one to one",
                   "place memory in a reserved region and name that: amp,reserved-memory = \"/reserved-memory/...\"" + also);
        } else {
            report(device.reference->place,
                   may + ": no IOMMU confines it, so the guest could read and write all memory through it, Linux's as well",
                   "if the guest is trusted with that: amp,allow-dma, and memory in a reserved region (amp,reserved-memory)" + also);
        }
    });
}

const ReservedMemory* find_region(const Live& live, const NodeReference& wanted) {
    const auto& all = live.reserved_memory;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& region) { return region.path == wanted.path; });
    return found == all.end() ? nullptr : &*found;
}

void reserved_unknown(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live) {
        return;
    }
    std::vector<std::string> names;
    for (const auto& region : context.world.live->reserved_memory) {
        names.push_back(region.path);
    }
    for (const auto& wanted : context.subjects[index].partition.reserved_memory) {
        if (!wanted.path.empty() && find_region(*context.world.live, wanted) == nullptr) {
            report(wanted.place, context.world.live->source + " has no reserved region " + quoted(wanted.path) + " with an address",
                   names.empty() ? "it has none at all; one is made by a child node of /reserved-memory with reg and no-map"
                                 : "it has " + joined(names));
        }
    }
}

void reserved_mapped(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& wanted : context.subjects[index].partition.reserved_memory) {
        const ReservedMemory* region = context.world.live ? find_region(*context.world.live, wanted) : nullptr;
        if (region != nullptr && !region->no_map) {
            report(wanted.place, wanted.path + " is no memory that Linux leaves alone", "its node needs no-map, and no status but okay");
        }
    }
}

void reserved_unused(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (const auto& wanted : partition.reserved_memory) {
        const ReservedMemory* region = context.world.live ? find_region(*context.world.live, wanted) : nullptr;
        const bool used = region == nullptr || std::any_of(partition.memory.begin(), partition.memory.end(), [&](const auto& memory) {
            return region->range.contains(PhysRange{PhysAddr(memory.value.start.number), memory.value.size});
        });
        if (!used) {
            report(wanted.place, "none of the partition's memory lies in " + wanted.path + " (" + text(region->range) + ")",
                   "guest-physical and physical addresses are the same there: give memory an address inside");
        }
    }
}

void reserved_shared(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live) {
        return;
    }
    const auto& partition = context.subjects[index].partition;
    const auto& live = *context.world.live;
    for (std::size_t i = 0; i < partition.memory.size(); ++i) {
        for (std::size_t other = 0; other < index && is_one_to_one(partition, i, live); ++other) {
            const auto& theirs = context.subjects[other].partition;
            for (std::size_t j = 0; j < theirs.memory.size(); ++j) {
                if (is_one_to_one(theirs, j, live) && theirs.memory[j].value.overlaps(partition.memory[i].value)) {
                    report(partition.memory[i].place,
                           "memory at " + hex(partition.memory[i].value.start.number) + " is that of " + where(theirs) + " as well",
                           "both are one to one on a reserved region; give each its own part");
                }
            }
        }
    }
}

constexpr Rule rules[] = {
    {"memory.reserved-unknown", Severity::error, "amp,reserved-memory names reserved regions of the machine", reserved_unknown},
    {"memory.reserved-mapped", Severity::error, "such a region has no-map: Linux leaves it alone", reserved_mapped},
    {"memory.reserved-unused", Severity::error, "memory of the partition lies in every region that it names", reserved_unused,
     {"memory.empty", "memory.overflow"}},
    {"memory.reserved-shared", Severity::error, "no two partitions have the same reserved memory", reserved_shared,
     {"memory.empty", "memory.overflow"}},
    {"devices.iommu", Severity::error, "a device is not behind an IOMMU of Linux", iommu},
    {"devices.dma", Severity::error, "a device that may access memory by itself is allowed to, on memory that is one to one", dma,
     {"devices.iommu", "devices.not-assignable", "devices.covers", "memory.reserved-unknown", "memory.empty", "memory.overflow"}},
};

} // namespace

std::span<const Rule> device_dma_rules() {
    return rules;
}

} // namespace amp
