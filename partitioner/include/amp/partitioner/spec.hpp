// SPDX-License-Identifier: GPL-2.0-only
// A partition description as it was written: every value with the place it came from, nothing decided yet. The reader
// makes it and complains about syntax, names and types only; whether the values make sense is for check.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "amp/base/units.hpp"
#include "amp/partitioner/diagnostic.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

template <typename T>
struct Located {
    T value{};
    Place place;
};

struct ChannelSpec {
    Located<std::string> name;
    std::optional<Located<std::string>> peer;
    std::optional<Located<std::uint64_t>> size;
    std::optional<Located<std::uint64_t>> address; // guest-physical; absent: the planner places it
};

// A virtio device; its back end runs in Linux.
struct VirtioSpec {
    Located<std::string> name; // the node's
    std::optional<Located<std::string>> compatible;
    std::optional<Located<std::string>> backend;
    std::optional<Located<std::array<std::uint8_t, 6>>> mac;
    std::optional<Located<std::uint32_t>> mtu;
    std::optional<Located<std::uint32_t>> cid;
    std::optional<Place> read_only;
};

// A node of the machine, by path or by phandle of a full system tree.
struct NodeReference {
    std::string path; // empty: no node of the description has that phandle
    std::uint32_t phandle = 0;
    Place place;
};

struct MemorySpec {
    Range<GuestPhysAddr> value;
    Place place;
    bool unlisted = false; // the generated device tree does not announce it as RAM
};

// A file that goes into memory as it is.
struct FileSpec {
    Located<std::string> name; // the node's
    std::optional<Located<std::string>> file;
    std::optional<Located<std::uint64_t>> address;
};

struct PartitionSpec {
    Located<std::string> name; // the node's
    std::optional<Located<std::uint32_t>> id;
    std::optional<Located<std::string>> os_type;
    Place cores_place;                         // of amp,cores; the node where it is missing
    std::vector<Located<std::uint64_t>> cores; // cpu@N reg values
    Place memory_place;
    std::vector<MemorySpec> memory; // that of amp,unlisted-memory included
    std::optional<Located<std::string>> image;
    std::optional<Located<std::uint64_t>> load_address;
    std::optional<Located<std::uint64_t>> entry;
    std::optional<Place> aarch32; // the raw image is 32-bit Arm code
    std::optional<Located<std::string>> initrd;
    std::vector<FileSpec> files;
    std::optional<Located<std::uint64_t>> dtb_address;
    std::optional<Located<std::string>> dtb;        // stands in for the generated tree
    std::vector<Located<std::string>> dtb_overlays; // applied to it
    std::optional<Located<std::string>> bootargs;
    std::optional<Place> console;
    std::vector<NodeReference> devices; // amp,devices, then access
    std::vector<Located<GuestPhysAddr>> device_addresses;
    std::vector<NodeReference> reserved_memory;
    std::optional<Place> allow_dma;
    std::optional<Place> cpus_mask; // cpus = <&cluster mask level>: likewise
    std::vector<ChannelSpec> channels;
    std::vector<VirtioSpec> virtio;
    // Properties that were there but could not be read (node path, name): reported already, hence not missing.
    std::vector<std::pair<std::string, std::string>> malformed;
};

struct Spec {
    std::string file;
    std::vector<PartitionSpec> partitions;
};

// Reads path (.dts through dtc, or .dtb) from the disk.
Loaded<Spec> load_spec(const Disk&, const std::string& path);
// The same for bytes that came from elsewhere; file names them in messages, its directory is where /include/ looks.
Loaded<Spec> load_spec(const Bytes&, const std::string& file);

} // namespace amp
