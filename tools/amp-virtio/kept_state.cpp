// SPDX-License-Identifier: GPL-2.0-only
// The file: states, from `identity_place` on a text that tells whose they are, nothing else. Both are compared as a whole.
#include "kept_state.hpp"

#include "run_files.hpp"

#include <amp/virtio/device_state.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace amp::backend {
namespace {

using virtio::OwnedFd;

constexpr std::size_t largest_page = 64 * 1024; // a worker maps whole pages of states and none of the identity
constexpr mode_t only_owner = 0600;

std::size_t identity_place(const Config& config) {
    const std::size_t states = virtio::StateFile::bytes(static_cast<unsigned>(config.devices.size()));
    return (states + largest_page - 1) / largest_page * largest_page;
}

nlohmann::ordered_json described(const virtio::DeviceSettings& device) {
    return {device.index,
            device.name,
            virtio::name_of(device.type),
            device.backend,
            device.read_only,
            device.mac ? nlohmann::ordered_json(*device.mac) : nlohmann::ordered_json(),
            device.mtu ? nlohmann::ordered_json(*device.mtu) : nlohmann::ordered_json(),
            device.cid,
            device.table_gpa,
            device.table_size,
            device.buffers_gpa};
}

// All that has to be as it was for a state to mean anything: layout, partition, memory, devices.
std::string identity(const Config& config, const std::string& instance) {
    nlohmann::ordered_json json;
    json["amp-virtio-state"] = {virtio::device_state_version, sizeof(virtio::DeviceState)};
    json["partition"] = config.partition;
    json["instance"] = instance;
    for (const virtio::MemoryRange& range : config.memory)
        json["memory"].push_back({range.gpa, range.size});
    for (const virtio::DeviceSettings& device : config.devices)
        json["devices"].push_back(described(device));
    return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

// "" where the open file can be carried on, else why not.
std::string flaw_of(int file, std::size_t place, const std::string& wanted) {
    struct stat info {};
    if (::fstat(file, &info) != 0)
        return failed("fstat");
    if (!S_ISREG(info.st_mode) || info.st_nlink != 1)
        return "it is no plain file of one name";
    if (info.st_uid != ::geteuid() || (info.st_mode & 07777) != only_owner)
        return "its owner or its mode is another";
    if (info.st_size != static_cast<off_t>(place + wanted.size()))
        return "it is of another partition, of other devices or of another version (size)";
    std::string found(wanted.size(), '\0');
    if (::pread(file, found.data(), found.size(), static_cast<off_t>(place)) != static_cast<ssize_t>(found.size()))
        return failed("read");
    return found == wanted ? "" : "it is of another partition, of other devices or of another version";
}

// All of its blocks are there before somebody maps it: a full /run must not end a worker in the middle of a request.
Outcome<OwnedFd> make(const std::string& path, std::size_t place, const std::string& text) {
    const std::string next = path + ".new";
    ::unlink(next.c_str()); // of a supervisor that was killed; O_EXCL then makes ours
    OwnedFd file(::open(next.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, only_owner));
    if (!file || ::fchmod(file.get(), only_owner) != 0)
        return Err{failed(next)};
    errno = ::posix_fallocate(file.get(), 0, static_cast<off_t>(place + text.size()));
    if (errno != 0 || ::pwrite(file.get(), text.data(), text.size(), static_cast<off_t>(place)) != static_cast<ssize_t>(text.size()) ||
        ::rename(next.c_str(), path.c_str()) != 0) {
        std::string error = failed(path) + "; there has to be room for " + std::to_string(place + text.size()) +
                            " bytes, and nothing in its place but an earlier one";
        ::unlink(next.c_str());
        return Err{error};
    }
    return file;
}

} // namespace

Outcome<KeptState> open_kept_state(const Config& config, const std::string& instance, const std::string& path) {
    const std::string text = identity(config, instance);
    const std::size_t place = identity_place(config);
    std::string note;
    // O_NONBLOCK: somebody's FIFO must not make us wait.
    OwnedFd earlier(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (earlier) {
        const std::string flaw = instance.empty() ? "this module does not tell one partition from the next of its name"
                                                  : flaw_of(earlier.get(), place, text);
        if (flaw.empty())
            return KeptState{std::move(earlier), true, "carries on with " + path};
        note = path + " is not carried on, the devices begin as after a reset: " + flaw;
    } else if (errno != ENOENT) {
        note = "an earlier state is not carried on, the devices begin as after a reset: " + failed(path);
    }
    auto made = make(path, place, text);
    if (!made)
        return Err{made.error()};
    return KeptState{std::move(*made), false, std::move(note)};
}

} // namespace amp::backend
