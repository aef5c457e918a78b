// SPDX-License-Identifier: GPL-2.0-only
// The table of back ends, and facts of the types.
#include "amp/virtio/devices/back_end.hpp"

namespace amp::virtio {
namespace {

struct Kind {
    DeviceType type;
    const char* name;
    Outcome<std::unique_ptr<BackEnd>> (*open)(const DeviceSettings&, const Surroundings&);
};

constexpr Kind kinds[] = {
    {DeviceType::net, "tap", open_tap_net},
    {DeviceType::net, "vhost-net", open_vhost_net},
    {DeviceType::net, "vhost-user", open_vhost_user_net},
    {DeviceType::blk, "file", open_file_disk},
    {DeviceType::blk, "vhost-user", open_vhost_user_disk},
    {DeviceType::console, "pty", open_console},
    {DeviceType::console, "unix", open_console},
    {DeviceType::rng, "getrandom", open_rng},
    {DeviceType::vsock, "vhost-vsock", open_vhost_vsock},
};

} // namespace

const char* name_of(DeviceType type) {
    switch (type) {
    case DeviceType::net: return "net";
    case DeviceType::blk: return "blk";
    case DeviceType::console: return "console";
    case DeviceType::rng: return "rng";
    case DeviceType::vsock: return "vsock";
    case DeviceType::rpmsg: return "rpmsg";
    }
    return "?";
}

TypeFacts facts_of(DeviceType type) {
    switch (type) {
    case DeviceType::net: return {1, 2};
    case DeviceType::blk: return {2, 1};
    case DeviceType::console: return {3, 2};
    case DeviceType::rng: return {4, 1};
    case DeviceType::vsock: return {19, 3};
    case DeviceType::rpmsg: return {7, 2};
    }
    return {0, 0};
}

Outcome<std::unique_ptr<BackEnd>> open_back_end(const DeviceSettings& settings, const Surroundings& surroundings) {
    for (const Kind& kind : kinds) {
        if (kind.type != settings.type || settings.kind != kind.name)
            continue;
        auto opened = kind.open(settings, surroundings);
        if (!opened)
            return Err{settings.name + ": " + opened.error()};
        return opened;
    }
    return Err{settings.name + ": there is no back end '" + settings.kind + "' for a " + name_of(settings.type) + " device"};
}

} // namespace amp::virtio
