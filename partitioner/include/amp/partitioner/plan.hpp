// SPDX-License-Identifier: GPL-2.0-only
// The outcome of checking a description against a board: exactly what will be taken and where it goes. plan() is a
// pure, deterministic function of what was read; it is called only with input that check() found free of errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "amp/abi/partition.h"
#include "amp/base/units.hpp"
#include "amp/partitioner/image.hpp"
#include "amp/partitioner/live.hpp"
#include "amp/partitioner/spec.hpp"

namespace amp {

struct PlannedCore {
    CpuId cpu;
    HwCpuId mpidr;
};

enum class RegionKind : std::uint32_t {
    memory = AMP_REGION_MEMORY,
    fixed = AMP_REGION_FIXED,
    device = AMP_REGION_DEVICE,
    channel = AMP_REGION_CHANNEL,
};
std::string_view to_string(RegionKind);

struct PlannedRegion {
    Range<GuestPhysAddr> range;
    PhysAddr pa; // fixed and device only
    RegionKind kind = RegionKind::memory;
    std::uint32_t access = 0;  // AMP_ACCESS_*
    std::uint32_t channel = 0; // index, for RegionKind::channel
    std::string what;          // "ram", "unlisted memory", "info page", "channel ctrl"
    bool is_ram = false;       // the guest's device tree announces it
};

struct PlannedChannel {
    std::string name;
    std::string peer; // "dom0" or a partition
    bool peer_is_dom0 = true;
    std::uint32_t side = 0;
    GuestPhysAddr gpa;
    std::uint64_t size = 0;
    Irq intid; // virtual SPI that the guest gets
};

// A virtio device that the guest finds, and what amp-virtio needs to know to serve it.
struct PlannedVirtio {
    std::string name;
    std::string type; // "net", "blk", "console", "rng", "vsock"
    std::uint32_t device_id = 0;
    std::uint32_t queue_count = 0;
    std::uint32_t index = 0;
    GuestPhysAddr gpa;
    Irq intid;
    std::string backend; // "vhost-net:amp0"; paths are absolute
    std::string mac;     // net: "02:00:00:00:01:00"
    std::optional<std::uint32_t> mtu; // net, where the description says it
    std::optional<std::uint32_t> cid; // vsock
    bool read_only = false;           // blk
};

// A shared peripheral interrupt of an assigned device.
struct PlannedIrq {
    Irq intid;          // the machine's
    Irq guest_intid;    // the guest's
    bool level = false; // else edge
    std::string device; // path
};

// A node of the machine's tree that the guest's gets a copy of.
struct PlannedDevice {
    std::string path;
    std::uint64_t shift = 0; // guest address - physical address, modulo 2^64
};

// A clock of an assigned device that the guest gets as a fixed one.
struct PlannedClock {
    std::string provider; // path
    std::vector<std::uint32_t> cells;
    std::uint64_t hz = 0;
};

// The virtual machine around the guest (design: QEMU/KVM's virt).
struct Platform {
    unsigned gic_version = 3;
    GuestPhysAddr gicd;
    GuestPhysAddr gicr; // 0 with GICv2
    GuestPhysAddr gicc; // 0 with GICv3
    std::optional<GuestPhysAddr> console;
    Irq console_intid;
    std::optional<GuestPhysAddr> virtio; // the window of all virtio devices, there without any, too
};

struct Plan {
    std::string name;
    std::uint32_t id = 0;
    std::string os_type;
    std::vector<PlannedCore> cores; // one for now
    Platform platform;
    Irq doorbell;                       // physical SPI that calls Linux
    std::vector<PlannedRegion> regions; // by address
    std::vector<PlannedChannel> channels;
    std::vector<PlannedVirtio> virtio;
    std::vector<PlannedDevice> devices;
    std::vector<PlannedIrq> irqs;
    std::vector<PlannedClock> clocks;
    GuestPhysAddr entry;
    GuestPhysAddr dtb;
    std::optional<Range<GuestPhysAddr>> initrd;
    std::string bootargs;
    std::string image_file; // resolved path; empty: none
    ImageFormat image_format = ImageFormat::raw;
    bool image_compressed = false; // it was unpacked
    bool aarch32 = false;          // the VCPU starts in AArch32
    std::vector<Segment> segments;       // everything to load, device tree and info page included
    std::uint64_t memory_bytes() const;  // RegionKind::memory
    std::uint64_t channel_bytes() const; // RegionKind::channel
};

// A partition that the module already holds.
struct ExistingPartition {
    std::string name;
    std::uint32_t id = 0;
    std::optional<CpuId> cpu;
    Irq doorbell;
};

// Everything that a description is checked against and planned for.
struct World {
    Board board;
    std::optional<Live> live; // absent: only what the description itself shows is checked; plan() needs it
    std::vector<ExistingPartition> existing;
    ImagePath image_path;
};

// One plan per partition, in the order of the descriptions. Names and sizes come from specs and files that passed
// check().
Loaded<std::vector<Plan>> plan(const std::vector<Spec>&, const World&, const Disk&);

} // namespace amp
