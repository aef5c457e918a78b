// SPDX-License-Identifier: GPL-2.0-only
// What virtio devices there can be, and what a description's become: kind, back end, address on the network. The checks ask,
// the planner takes the answers; pure functions but for the disk, which turns names into absolute paths.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "amp/partitioner/plan.hpp"
#include "layout.hpp"

namespace amp {

// What stands behind the colon of a back end.
enum class BackendArgument { none, interface, file, socket };

struct BackendForm {
    std::string_view name; // "vhost-net"
    BackendArgument argument = BackendArgument::none;
};

struct VirtioKind {
    std::string_view compatible; // "virtio,net"
    std::string_view type;       // "net", as virtio.json says it
    std::uint32_t device_id;     // virtio 1.2, section 5
    std::uint32_t queue_count;
    std::array<BackendForm, 3> backends;         // unused ones have no name
    std::string_view default_backend;            // empty: the description must say it
    std::array<std::string_view, 4> properties;  // beside compatible; unused ones are empty
};

std::span<const VirtioKind> virtio_kinds();
// null: compatible is missing or none of them
const VirtioKind* virtio_kind(const VirtioSpec&);
// "file:<path> or vhost-user:<path>"
std::string backend_choice(const VirtioKind&);

struct VirtioBackend {
    const BackendForm* form;
    std::string argument; // as described; empty with BackendArgument::none
};
// Nothing where it is missing, unknown or lacks what its form needs.
std::optional<VirtioBackend> virtio_backend(const VirtioSpec&);

// A relative path is one beside the description.
std::string beside_description(const Spec&, const std::string& path);

using MacAddress = std::array<std::uint8_t, 6>;
std::string mac_text(const MacAddress&);
// Of a network device: as described, else made of the partition's id and the device's number, so that no two of a machine are
// equal, and its name; locally administered. Nothing for other devices and where the id is missing.
std::optional<MacAddress> virtio_mac(const PartitionSpec&, std::size_t index);

// Whether JSON, which is UTF-8, can hold the text.
bool is_json_text(const std::string&);

// Adds the devices to a plan.
void plan_virtio(Plan&, const Spec&, const PartitionSpec&, const Disk&);

} // namespace amp
