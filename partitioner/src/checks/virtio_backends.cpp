// SPDX-License-Identifier: GPL-2.0-only
// Rules about the back end that a virtio device names: that it is there, known and can be. Part of the rule table.
#include <algorithm>

#include "rule.hpp"
#include "virtio_subject.hpp"

namespace amp {

namespace {

constexpr std::size_t interface_name_max = 15; // Linux, IFNAMSIZ with the terminating NUL
constexpr std::size_t socket_path_max = 107;   // unix(7), sun_path

// Calls visit(place, argument) for each device with a back end of that form.
template <typename Visit>
void for_each_argument(const CheckContext& context, std::size_t index, BackendArgument form, Visit visit) {
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        const auto backend = virtio_backend(device);
        if (backend && device.backend && backend->form->argument == form) {
            visit(device.backend->place, backend->argument);
        }
    });
}

void missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        const VirtioKind* kind = virtio_kind(device);
        if (kind != nullptr && kind->default_backend.empty() &&
            is_missing(partition, device.backend.has_value(), device.name.place, "amp,backend")) {
            report(device.name.place, named(device) + " has no back end",
                   "add amp,backend = \"...\"; with " + backend_choice(*kind));
        }
    });
}

void unknown(const CheckContext& context, std::size_t index, Report& report) {
    for_each_virtio(context, index, [&](const VirtioSpec& device) {
        const VirtioKind* kind = virtio_kind(device);
        if (kind != nullptr && device.backend && !virtio_backend(device)) {
            report(device.backend->place,
                   quoted(device.backend->value) + " is no back end of a " + std::string(kind->compatible),
                   "it can be " + backend_choice(*kind));
        }
    });
}

// Linux, net/core/dev.c: no '/', ':' or blanks, neither "." nor ".."; '%' makes it a pattern for TAPs.
bool is_interface_name(const std::string& name) {
    return name.size() <= interface_name_max && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%'; });
}

void interface_name(const CheckContext& context, std::size_t index, Report& report) {
    for_each_argument(context, index, BackendArgument::interface, [&](const Place& place, const std::string& name) {
        if (!is_interface_name(name)) {
            report(place, quoted(name) + " can't be the name of a network interface",
                   "at most " + std::to_string(interface_name_max) + " characters, without blanks, '/', ':' and '%'");
        }
    });
}

void path(const CheckContext& context, std::size_t index, Report& report) {
    const auto& spec = context.subjects[index].spec;
    for (const auto form : {BackendArgument::file, BackendArgument::socket}) {
        for_each_argument(context, index, form, [&](const Place& place, const std::string& name) {
            const std::string whole = context.disk.absolute(beside_description(spec, name));
            if (form == BackendArgument::socket && whole.size() > socket_path_max) {
                report(place,
                       "the socket's path has " + std::to_string(whole.size()) + " characters: " + quoted(whole),
                       "at most " + std::to_string(socket_path_max) + " are possible; place it higher up, such as in /run");
            } else if (!is_json_text(whole)) {
                report(place, "the path of " + quoted(name) + " is no UTF-8 text", "rename the file or its directory");
            }
        });
    }
}

void file_missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& spec = context.subjects[index].spec;
    for_each_argument(context, index, BackendArgument::file, [&](const Place& place, const std::string& name) {
        const std::string file = beside_description(spec, name);
        const FileKind kind = context.disk.kind(file);
        if (kind == FileKind::none) {
            report(place, "there is no file " + quoted(file),
                   "make one, such as by truncate -s 1G " + quoted(file) + "; relative names are looked for in " +
                       directory_of(spec.file));
        } else if (kind != FileKind::file && kind != FileKind::block_device) {
            report(place,
                   quoted(file) +
                       (kind == FileKind::directory ? " is a directory" : " is neither a file nor a block device"),
                   "name a disk image or a block device");
        }
    });
}

// It may come later, but where something else is it never will.
void socket(const CheckContext& context, std::size_t index, Report& report) {
    const auto& spec = context.subjects[index].spec;
    for_each_argument(context, index, BackendArgument::socket, [&](const Place& place, const std::string& name) {
        const std::string path = beside_description(spec, name);
        const FileKind kind = context.disk.kind(path);
        if (kind != FileKind::none && kind != FileKind::socket) {
            report(place, quoted(path) + " is there already, and no socket", "remove it, or choose another path");
        }
    });
}

constexpr Rule rules[] = {
    {"virtio.backend-missing", Severity::error, "every virtio,net and virtio,blk has amp,backend", missing},
    {"virtio.backend-unknown", Severity::error, "amp,backend is one that the kind of device can have", unknown},
    {"virtio.interface-name", Severity::error, "tap and vhost-net name an interface as Linux can have it",
     interface_name},
    {"virtio.path", Severity::error, "paths of back ends are text, and those of sockets not too long", path},
    {"virtio.file-missing", Severity::error, "the file of a virtio,blk exists and is a file or block device", file_missing},
    {"virtio.socket", Severity::error, "nothing but a socket is at the path of one", socket},
};

} // namespace

std::span<const Rule> virtio_backend_rules() {
    return rules;
}

} // namespace amp
