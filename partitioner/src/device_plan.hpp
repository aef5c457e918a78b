// SPDX-License-Identifier: GPL-2.0-only
// What assigning devices means, decided once: which pages, which interrupts, which clocks, which memory is one to one. The checks
// ask whether it can be, the planner and the emitter take the answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "amp/partitioner/plan.hpp"
#include "layout.hpp"
#include "machine_tree.hpp"

namespace amp {

// A device that the machine has, of a partition.
struct AssignedDevice {
    const NodeReference* reference;
    const TreeNode* node;
    std::vector<PhysRange> registers;
    std::uint64_t shift = 0; // guest address - physical address, modulo 2^64
};

// Those of amp,devices and access that exist and have registers, each once, in their order.
std::vector<AssignedDevice> assigned_devices(const PartitionSpec&, const MachineTree&);

// Whole 4 KiB pages that the ranges touch.
PhysRange pages_of(const PhysRange&);

// The pages of all devices as regions, sorted, neighbours joined.
std::vector<PlannedRegion> device_regions(const std::vector<AssignedDevice>&);

// A shared peripheral interrupt of a device or of a node below it.
struct DeviceInterrupt {
    const TreeNode* node;
    const TreeNode* controller;
    std::vector<std::uint32_t> cells;
    // GIC binding: cell 0 is 0 for an SPI, cell 2 is 1 for a rising edge and 4 for high level. Irq() for anything else.
    Irq spi() const;
    bool level() const { return cells.size() > 2 && (cells[2] & 0xf) == 4; }
};

// Interrupts of the device and all nodes below it; those that can't be understood are passed over, unreadable() finds them.
std::vector<DeviceInterrupt> device_interrupts(const AssignedDevice&, const MachineTree&);
// Nodes of the device whose interrupts can't be understood.
std::vector<const TreeNode*> unreadable_interrupts(const AssignedDevice&, const MachineTree&);

// One entry per SPI of the devices. The guest's number is the physical one where the emulated distributor has it and neither
// console nor virtio device nor channel does; else the first free one from 128 on. Fewer entries where none is free.
std::vector<PlannedIrq> device_irqs(const PartitionSpec&, const std::vector<AssignedDevice>&, const MachineTree&);

// Rate of one row of a clocks property: the machine's tree knows fixed clocks, the board file the others.
std::optional<std::uint64_t> clock_rate(const Reference&, const MachineTree&, const Board&);

// Adds devices, interrupts, clocks and regions to a plan that has its other regions.
void plan_devices(Plan&, const PartitionSpec&, const World&);

// The memory of the partition that is a reserved region mapped one to one, by index into PartitionSpec::memory.
bool is_one_to_one(const PartitionSpec&, std::size_t memory_index, const Live&);

void for_each_node(const TreeNode&, const std::function<void(const TreeNode&)>&);

} // namespace amp
