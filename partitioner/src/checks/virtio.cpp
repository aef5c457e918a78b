// SPDX-License-Identifier: GPL-2.0-only
// Rules about a virtio device by itself: name, kind, address, MTU, CID; back ends have rules of their own. Part of the rule table.
#include <algorithm>

#include "rule.hpp"
#include "virtio_subject.hpp"

namespace amp {

namespace {

constexpr std::uint32_t mtu_min = 68; // virtio 1.2, 5.1.4.1
constexpr std::uint32_t mtu_max = 65535;
// virtio 1.2, 5.10.4: 0, 1, 2 (the host) and all ones are reserved
constexpr std::uint32_t cid_min = 3;
constexpr std::uint32_t cid_reserved = 0xffffffff;

void too_many(const CheckContext& context, std::size_t index, Report& report) {
    const auto& devices = context.subjects[index].partition.virtio;
    if (devices.size() > AMP_VIRTIO_MAX) {
        report(devices[AMP_VIRTIO_MAX].name.place, std::to_string(devices.size()) + " virtio devices are too many",
               "a partition has at most " + std::to_string(AMP_VIRTIO_MAX));
    }
}

void name(const CheckContext& context, std::size_t index, Report& report) {
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        if (!is_name(device.name.value) || device.name.value.size() >= AMP_NAME_SIZE) {
            report(device.name.place, "virtio device name " + quoted(device.name.value) + " is not possible",
                   "at most " + std::to_string(AMP_NAME_SIZE - 1) + " of a-z, 0-9 and '-', beginning with a letter");
        }
    });
}

std::string kind_choice() {
    std::vector<std::string> names;
    for (const auto& kind : virtio_kinds()) {
        names.emplace_back(kind.compatible);
    }
    return "compatible is one of " + joined(names);
}

// Compared without "virtio,", which makes everything look alike.
std::string kind_hint(std::string_view compatible) {
    std::vector<std::string_view> types;
    for (const auto& kind : virtio_kinds()) {
        types.push_back(kind.type);
    }
    const auto comma = compatible.find(',');
    const auto meant = nearest(compatible.substr(comma == std::string_view::npos ? 0 : comma + 1), types);
    return meant ? "did you mean 'virtio," + *meant + "'?" : kind_choice();
}

void kind_unknown(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        if (is_missing(partition, device.compatible.has_value(), device.name.place, "compatible")) {
            report(device.name.place, named(device) + " does not say what it is", kind_choice());
        } else if (device.compatible && virtio_kind(device) == nullptr) {
            report(device.compatible->place,
                   named(device) + " can't be a " + quoted(device.compatible->value) + ": there is no such kind",
                   kind_hint(device.compatible->value));
        }
    });
}

void mac(const CheckContext& context, std::size_t index, Report& report) {
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        if (!device.mac) {
            return;
        }
        const auto& bytes = device.mac->value;
        const bool group = (bytes[0] & 1) != 0;
        const bool zero = std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
        if (group || zero) {
            report(device.mac->place,
                   mac_text(bytes) + (group ? " is the address of a group, not of a device" : " is no address"),
                   "the first byte is even, such as in [02 00 00 00 00 01]; or leave local-mac-address out");
        }
    });
}

void mtu(const CheckContext& context, std::size_t index, Report& report) {
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        if (device.mtu && (device.mtu->value < mtu_min || device.mtu->value > mtu_max)) {
            report(device.mtu->place,
                   "an MTU of " + std::to_string(device.mtu->value) + " is not possible for " + named(device),
                   "from " + std::to_string(mtu_min) + " to " + std::to_string(mtu_max) + ", as the interface in Linux has it");
        }
    });
}

void cid_missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        const VirtioKind* kind = virtio_kind(device);
        if (kind != nullptr && kind->type == "vsock" &&
            is_missing(partition, device.cid.has_value(), device.name.place, "amp,cid")) {
            report(device.name.place, named(device) + " has no context id", "add amp,cid = <3>; or another unused number");
        }
    });
}

void cid(const CheckContext& context, std::size_t index, Report& report) {
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        if (device.cid && (device.cid->value < cid_min || device.cid->value == cid_reserved)) {
            report(device.cid->place, "context id " + std::to_string(device.cid->value) + " is reserved",
                   "guests have numbers from " + std::to_string(cid_min) + " on; 2 is Linux's");
        }
    });
}

constexpr Rule rules[] = {
    {"virtio.too-many", Severity::error, "a partition has at most 32 virtio devices", too_many},
    {"virtio.name", Severity::error, "names of virtio devices are as partition names", name},
    {"virtio.kind-unknown", Severity::error, "a virtio device is one of virtio,net, blk, console, rng, vsock",
     kind_unknown},
    {"virtio.mac", Severity::error, "local-mac-address is the address of one device", mac},
    {"virtio.mtu", Severity::error, "amp,mtu is from 68 to 65535", mtu},
    {"virtio.cid-missing", Severity::error, "every virtio,vsock has amp,cid", cid_missing},
    {"virtio.cid", Severity::error, "amp,cid is 3 or more", cid},
};

} // namespace

std::string named(const VirtioSpec& device) {
    return "virtio device " + quoted(device.name.value);
}

std::span<const Rule> virtio_rules() {
    return rules;
}

} // namespace amp
