// SPDX-License-Identifier: GPL-2.0-only
// The machine that tests plan for: QEMU's virt with four cores, and a disk with images of every kind.
#pragma once

#include "amp/partitioner/check.hpp"
#include "amp/partitioner/plan.hpp"
#include "support/fake_disk.hpp"

namespace amp::test {

Live qemu_live(unsigned gic_version);
Board qemu_board();
World qemu_world(unsigned gic_version = 3);
// guest.elf and its damaged relatives; see worlds.cpp
FakeDisk image_disk();

// A description with one good partition "motor"; text stands in for the properties that follow amp,console.
std::string description(const std::string& more_properties = {});
// Reads, checks and plans; fails the test where anything is reported.
std::vector<Plan> plans_for(const std::string& dts, const World&, const Disk&);

} // namespace amp::test
