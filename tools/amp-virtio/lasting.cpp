// SPDX-License-Identifier: GPL-2.0-only
#include "lasting.hpp"

#include "privileges.hpp"

#include <amp/virtio/devices/tap.hpp>
#include <amp/virtio/devices/terminal.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amp::backend {
namespace {

using virtio::OwnedFd;

Outcome<OwnedFd> open_linked_terminal(Lasting& lasting, const std::string& link) {
    auto terminal = virtio::open_terminal();
    if (!terminal)
        return Err{terminal.error()};
    if (auto linked = replace_link(link, terminal->path); !linked)
        return Err{linked.error()};
    lasting.held.push_back(std::move(terminal->slave));
    return std::move(terminal->master);
}

// The worker, who makes sockets as services come and go, is nobody by then.
Outcome<OwnedFd> open_socket_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return Err{failed(path)};
    OwnedFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory)
        return Err{failed(path)};
    const Owner worker = worker_owner();
    if (::geteuid() == 0 && ::fchown(directory.get(), worker.user, worker.group) != 0)
        return Err{failed(path)};
    return directory;
}

Outcome<OwnedFd> open_for(const virtio::DeviceSettings& device, Lasting& lasting, const RunFiles& files) {
    if (device.kind == "tap" || device.kind == "vhost-net")
        return virtio::open_tap(device.target);
    if (device.kind == "pty")
        return open_linked_terminal(lasting, files.link(device.name));
    if (device.type == virtio::DeviceType::rpmsg)
        return open_socket_directory(files.link(device.name));
    if (device.kind == "unix")
        return virtio::listen_on(device.target);
    return OwnedFd();
}

} // namespace

Outcome<Lasting> open_lasting(const Config& config, const RunFiles& files, KeptState state) {
    Lasting lasting;
    lasting.state = std::move(state.file);
    lasting.carried_on = state.carried_on;
    for (const virtio::DeviceSettings& device : config.devices) {
        auto opened = open_for(device, lasting, files);
        if (!opened)
            return Err{device.name + ": " + opened.error()};
        lasting.devices.push_back(std::move(*opened));
    }
    auto links = VhostUserLinks::open(config);
    if (!links)
        return Err{links.error()};
    lasting.links = std::move(*links);
    return lasting;
}

} // namespace amp::backend
