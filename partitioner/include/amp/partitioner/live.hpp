// SPDX-License-Identifier: GPL-2.0-only
// Facts of the running machine: its device tree and what Linux says in sysfs and procfs. Only read here; checks and the
// planner get the structure, so tests build it from a dumped tree and a few numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "amp/base/units.hpp"
#include "amp/partitioner/board.hpp"
#include "amp/partitioner/diagnostic.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

struct LiveCpu {
    CpuId cpu; // Linux's number
    HwCpuId mpidr;
    bool online = true;
    std::string compatible; // "arm,cortex-a72"
};
// Known to have AArch32 at EL0 at most. The tree tells the model, not the ID registers, and Linux shows user space none
// that says so; models that are not listed get the benefit of the doubt.
bool lacks_aarch32_el1(const LiveCpu&);

struct LiveGic {
    unsigned version = 0; // 2, 3; 0: none that we know
    std::string compatible;
    bool virtualization = false; // GICv2: GICH and GICV are described; GICv3: always
};

// An SPI that belongs to somebody: a node's interrupts property or a line of /proc/interrupts.
struct InterruptUse {
    Irq intid;
    std::string user;       // node path or driver name
    bool by_driver = false; // requested right now
};

struct ReservedMemory {
    std::string name;
    std::string path;
    Range<PhysAddr> range;
    bool no_map = false; // Linux neither uses nor maps it
};

// A device of the tree that a driver of Linux holds.
struct DriverBinding {
    std::string node;   // path
    std::string bus;    // "amba"
    std::string device; // "9010000.pl031", its name on that bus
    std::string driver; // "rtc-pl031"
};

struct TreeNode; // src/tree.hpp

struct Live {
    std::string source; // "/proc/device-tree" or the blob's name, for messages
    std::string model;
    std::vector<std::string> compatible;
    std::vector<LiveCpu> cpus; // by Linux number
    LiveGic gic;
    bool pmu_interrupt = false; // a PPI, which the module passes on to guests
    std::string psci_method; // "smc", "hvc"; empty: no PSCI
    std::vector<InterruptUse> interrupts;
    std::vector<ReservedMemory> reserved_memory;
    std::vector<std::string> nodes;                // paths
    std::shared_ptr<const TreeNode> tree;          // all of it, for devices
    std::vector<DriverBinding> drivers;
    std::optional<std::uint64_t> available_memory; // MemAvailable; unknown for a blob
    std::string bootargs;                          // Linux's own command line
    bool running_here = false;                     // facts beyond the tree (online cores, drivers) are known
};

// Where the facts of the machine we run on are found; tests redirect it.
struct LivePaths {
    std::string device_tree = "/proc/device-tree";
    std::string cpus = "/sys/devices/system/cpu";
    std::string buses = "/sys/bus";
    std::string interrupts = "/proc/interrupts";
    std::string meminfo = "/proc/meminfo";
    std::string cmdline = "/proc/cmdline";
};

Loaded<Live> load_live(const Disk&, const LivePaths& = {});
// From a .dtb or .dts alone: all cores count as online, memory is unknown.
Loaded<Live> load_live_tree(const Disk&, const std::string& path);

// A reason why the machine can't serve (error), may not serve well (warning), or how it will (note).
// Rules doctor.*; an empty list never happens: a machine that serves gets notes saying with what.
Diagnostics doctor(const Live&, const Board&);

// Free SPIs for doorbells, best first, as many as there are (bounded to AMP_PARTITIONS_MAX).
std::vector<Irq> doorbell_candidates(const Live&, const Board&);

} // namespace amp
