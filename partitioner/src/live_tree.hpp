// SPDX-License-Identifier: GPL-2.0-only
// The parts of Live that the device tree tells; live_reader.cpp adds what Linux says.
#pragma once

#include "amp/partitioner/live.hpp"
#include "tree.hpp"

namespace amp {

// Everything but online states, drivers and memory. CPUs are numbered in the tree's order.
Live live_from_tree(const TreeNode& root, const std::string& source);

// MPIDR affinity of a cpu node; nothing where reg is missing or malformed.
std::optional<HwCpuId> cpu_mpidr(const TreeNode& cpus, const TreeNode& cpu);
const TreeNode* find_gic(const TreeNode& root);

// live_interrupts.cpp: every SPI of that GIC which an enabled node mentions in interrupts, interrupts-extended or
// interrupt-map
std::vector<InterruptUse> tree_interrupts(const TreeNode& root, const TreeNode& gic);
// The lines of /proc/interrupts whose controller is the GIC
std::vector<InterruptUse> driver_interrupts(std::string_view text);

// live_drivers.cpp: what sysfs shows below `buses` (/sys/bus)
std::vector<DriverBinding> bound_drivers(const Disk&, const std::string& buses);

} // namespace amp
