// SPDX-License-Identifier: GPL-2.0-only
// What one device of a partition shall be, as virtio.json tells it: the reader fills it in, the device's back end opens what it
// names. Nothing here is checked against the machine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace amp::virtio {

enum class DeviceType { net, blk, console, rng, vsock, rpmsg };

using MacAddress = std::array<std::uint8_t, 6>;

struct DeviceSettings {
    unsigned index = 0;
    std::string name;
    DeviceType type = DeviceType::rng;
    std::string backend; // as written, for messages: kind, or kind:target
    std::string kind;
    std::string target; // path, interface or socket; empty where the kind has none
    bool read_only = false;
    std::optional<MacAddress> mac;
    std::optional<std::uint16_t> mtu;
    std::uint64_t cid = 0;
    // rpmsg: the firmware's resource table and where its message buffers are
    std::uint64_t table_gpa = 0, table_size = 0, buffers_gpa = 0;
};

const char* name_of(DeviceType type);

} // namespace amp::virtio
