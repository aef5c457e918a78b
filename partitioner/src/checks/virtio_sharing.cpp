// SPDX-License-Identifier: GPL-2.0-only
// Rules about what two virtio devices can't have in common, in one partition or in two: interface, socket, file, address, CID.
// Part of the rule table.
#include "rule.hpp"
#include "virtio_subject.hpp"

namespace amp {

namespace {

// A device with what it is compared by.
struct Device {
    const Subject& subject;
    const VirtioSpec& spec;
    std::size_t number;
};

std::string owner(const Device& other, const Device& own) {
    return named(other.spec) + (&other.subject == &own.subject ? "" : " of " + where(other.subject.partition));
}

// Calls clash(device, earlier) for each device of the partition and each one before it, in this or an earlier partition.
template <typename Clash>
void for_each_pair(const CheckContext& context, std::size_t index, Clash clash) {
    const auto& own = context.subjects[index];
    for (std::size_t i = 0; i < own.partition.virtio.size(); ++i) {
        for (std::size_t other = 0; other <= index; ++other) {
            const auto& subject = context.subjects[other];
            const std::size_t end = other == index ? i : subject.partition.virtio.size();
            for (std::size_t j = 0; j < end; ++j) {
                clash(Device{own, own.partition.virtio[i], i}, Device{subject, subject.partition.virtio[j], j});
            }
        }
    }
}

// What stands behind the colon, made comparable; empty where the form is another.
std::string argument_of(const Device& device, BackendArgument form, const Disk& disk) {
    const auto backend = virtio_backend(device.spec);
    if (!backend || backend->form->argument != form) {
        return {};
    }
    return form == BackendArgument::interface ? backend->argument
                                              : disk.canonical(beside_description(device.subject.spec, backend->argument));
}

void interface_shared(const CheckContext& context, std::size_t index, Report& report) {
    for_each_pair(context, index, [&](const Device& device, const Device& earlier) {
        const std::string own = argument_of(device, BackendArgument::interface, context.disk);
        if (!own.empty() && own == argument_of(earlier, BackendArgument::interface, context.disk)) {
            report(device.spec.backend->place, "interface " + quoted(own) + " is that of " + owner(earlier, device),
                   "give each device an interface, and connect them by a bridge");
        }
    });
}

void socket_shared(const CheckContext& context, std::size_t index, Report& report) {
    for_each_pair(context, index, [&](const Device& device, const Device& earlier) {
        const std::string own = argument_of(device, BackendArgument::socket, context.disk);
        if (!own.empty() && own == argument_of(earlier, BackendArgument::socket, context.disk)) {
            report(device.spec.backend->place, "socket " + quoted(own) + " is that of " + owner(earlier, device),
                   "give each device a socket of its own");
        }
    });
}

// One that only reads sees half-written file systems as well, hence a writer is alone.
void file_shared(const CheckContext& context, std::size_t index, Report& report) {
    for_each_pair(context, index, [&](const Device& device, const Device& earlier) {
        const std::string own = argument_of(device, BackendArgument::file, context.disk);
        const bool written = !device.spec.read_only || !earlier.spec.read_only;
        if (!own.empty() && written && own == argument_of(earlier, BackendArgument::file, context.disk)) {
            report(device.spec.backend->place,
                   quoted(own) + " is the disk of " + owner(earlier, device) + " as well, and not read-only in both",
                   "give each a copy, or say read-only; in both");
        }
    });
}

void mac_shared(const CheckContext& context, std::size_t index, Report& report) {
    for_each_pair(context, index, [&](const Device& device, const Device& earlier) {
        const auto own = virtio_mac(device.subject.partition, device.number);
        if (own && own == virtio_mac(earlier.subject.partition, earlier.number)) {
            report(device.spec.mac ? device.spec.mac->place : device.spec.name.place,
                   named(device.spec) + " would have the address of " + owner(earlier, device) + ", " + mac_text(*own),
                   "choose another local-mac-address, or leave it out");
        }
    });
}

void cid_shared(const CheckContext& context, std::size_t index, Report& report) {
    for_each_pair(context, index, [&](const Device& device, const Device& earlier) {
        if (device.spec.cid && earlier.spec.cid && device.spec.cid->value == earlier.spec.cid->value) {
            report(device.spec.cid->place,
                   "context id " + std::to_string(device.spec.cid->value) + " is that of " + owner(earlier, device),
                   "give each virtio,vsock its own amp,cid");
        }
    });
}

constexpr Rule rules[] = {
    {"virtio.interface-shared", Severity::error, "a network interface is the back end of one device",
     interface_shared},
    {"virtio.socket-shared", Severity::error, "a socket is the back end of one device", socket_shared},
    {"virtio.file-shared", Severity::error, "a file that a device may write is the back end of one device", file_shared},
    {"virtio.mac-shared",
     Severity::error,
     "every virtio,net has its own address",
     mac_shared,
     {"id.missing", "id.duplicate", "virtio.too-many"}},
    {"virtio.cid-shared", Severity::error, "every virtio,vsock has its own amp,cid", cid_shared, {"virtio.cid"}},
};

} // namespace

std::span<const Rule> virtio_sharing_rules() {
    return rules;
}

} // namespace amp
