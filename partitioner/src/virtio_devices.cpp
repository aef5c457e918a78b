// SPDX-License-Identifier: GPL-2.0-only
// The table of virtio devices and what is derived from it; see virtio_devices.hpp.
#include "virtio_devices.hpp"

#include <algorithm>
#include <cstdio>

#include "amp/abi/rpmsg.h"
#include "text.hpp"

namespace amp {

namespace {

constexpr VirtioKind kinds[] = {
    {"virtio,net",
     "net",
     1,
     2,
     {{{"tap", BackendArgument::interface}, {"vhost-net", BackendArgument::interface}, {"vhost-user", BackendArgument::socket}}},
     "",
     {"amp,backend", "local-mac-address", "amp,mtu"}},
    {"virtio,blk",
     "blk",
     2,
     1,
     {{{"file", BackendArgument::file}, {"vhost-user", BackendArgument::socket}}},
     "",
     {"amp,backend", "read-only"}},
    {"virtio,console", "console", 3, 2, {{{"pty"}, {"unix", BackendArgument::socket}}}, "pty", {"amp,backend"}},
    {"virtio,rng", "rng", 4, 1, {{{"getrandom"}}}, "getrandom", {"amp,backend"}},
    {"virtio,vsock", "vsock", 19, 3, {{{"vhost-vsock"}}}, "vhost-vsock", {"amp,backend", "amp,cid"}},
    // The firmware is the device; the transport only carries notifications.
    {"virtio,rpmsg", "rpmsg", AMP_VIRTIO_ID_RPMSG, AMP_RPMSG_VRINGS, {{{"sockets"}}}, "sockets", {"amp,backend"}},
};

std::string_view argument_text(BackendArgument argument) {
    switch (argument) {
    case BackendArgument::none:
        return "";
    case BackendArgument::interface:
        return ":<interface>";
    case BackendArgument::file:
    case BackendArgument::socket:
        break;
    }
    return ":<path>";
}

// FNV-1a: spreads a device's name over the bits that its number leaves.
std::uint32_t name_hash(std::string_view name) {
    std::uint32_t hash = 2166136261u;
    for (const char c : name) {
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
    }
    return hash;
}

// Bits 1:0 of the first byte: locally administered, one receiver (IEEE 802, 8.2). Id and number are unique as they stand.
MacAddress made_mac(std::uint32_t id, std::size_t index, std::string_view name) {
    const std::uint32_t hash = name_hash(name);
    const auto byte = [](std::uint32_t value) { return static_cast<std::uint8_t>(value & 0xff); };
    return {byte((hash & 0x3f) << 2 | 2), byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id),
            byte(static_cast<std::uint32_t>(index) << 3 | (hash >> 6 & 7))};
}

} // namespace

std::span<const VirtioKind> virtio_kinds() {
    return kinds;
}

const VirtioKind* virtio_kind(const VirtioSpec& device) {
    const auto found = std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& kind) {
        return device.compatible && device.compatible->value == kind.compatible;
    });
    return found == std::end(kinds) ? nullptr : &*found;
}

std::string backend_choice(const VirtioKind& kind) {
    std::string text;
    for (const auto& form : kind.backends) {
        if (!form.name.empty()) {
            text += (text.empty() ? "" : " or ") + std::string(form.name) + std::string(argument_text(form.argument));
        }
    }
    return text;
}

std::optional<VirtioBackend> virtio_backend(const VirtioSpec& device) {
    const VirtioKind* kind = virtio_kind(device);
    if (kind == nullptr) {
        return std::nullopt;
    }
    const std::string text = device.backend ? device.backend->value : std::string(kind->default_backend);
    const auto colon = text.find(':');
    const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
    for (const auto& form : kind->backends) {
        const bool wants_argument = form.argument != BackendArgument::none;
        const bool fits = wants_argument ? !argument.empty() : colon == std::string::npos;
        if (!form.name.empty() && text.substr(0, colon) == form.name && fits) {
            return VirtioBackend{&form, argument};
        }
    }
    return std::nullopt;
}

std::string beside_description(const Spec& spec, const std::string& path) {
    return path_join(directory_of(spec.file), path);
}

std::string mac_text(const MacAddress& mac) {
    char text[18];
    std::snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    return text;
}

std::optional<MacAddress> virtio_mac(const PartitionSpec& partition, std::size_t index) {
    const auto& device = partition.virtio.at(index);
    const VirtioKind* kind = virtio_kind(device);
    if (kind == nullptr || kind->type != "net") {
        return std::nullopt;
    }
    if (device.mac) {
        return device.mac->value;
    }
    return partition.id ? std::optional(made_mac(partition.id->value, index, device.name.value)) : std::nullopt;
}

void plan_virtio(Plan& plan, const Spec& spec, const PartitionSpec& partition, const Disk& disk) {
    for (std::size_t i = 0; i < partition.virtio.size(); ++i) {
        const auto& device = partition.virtio[i];
        const VirtioKind* kind = virtio_kind(device);
        const auto backend = virtio_backend(device);
        if (kind == nullptr || !backend) {
            continue;
        }
        PlannedVirtio planned;
        planned.name = device.name.value;
        planned.type = kind->type;
        planned.device_id = kind->device_id;
        planned.queue_count = kind->queue_count;
        planned.index = static_cast<std::uint32_t>(i);
        planned.gpa = GuestPhysAddr(virtio_gpa + i * AMP_VIRTIO_STRIDE);
        planned.intid = virtio_intid(i);
        planned.backend = backend->form->name;
        const auto argument = backend->form->argument;
        if (argument != BackendArgument::none) {
            planned.backend += ":" + (argument == BackendArgument::interface
                                          ? backend->argument
                                          : disk.absolute(beside_description(spec, backend->argument)));
        }
        if (const auto mac = virtio_mac(partition, i)) {
            planned.mac = mac_text(*mac);
        }
        planned.mtu = device.mtu ? std::optional(device.mtu->value) : std::nullopt;
        planned.cid = device.cid ? std::optional(device.cid->value) : std::nullopt;
        planned.read_only = device.read_only.has_value();
        plan.virtio.push_back(std::move(planned));
    }
}

} // namespace amp
