// SPDX-License-Identifier: GPL-2.0-only
// Reads virtio.json. Each property is checked by itself here; whether files and interfaces exist is found out when they are
// opened.
#include "config.hpp"

#include "json_object.hpp"

#include <amp/abi/ioctl.h>
#include <amp/abi/partition.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

namespace amp::backend {
namespace {

using virtio::DeviceSettings;
using virtio::DeviceType;
using virtio::MemoryRange;

struct BackendKind {
    DeviceType type;
    const char* kind;
    const char* target; // what stands behind the colon; nullptr: nothing does
};

constexpr std::array<DeviceType, 6> types = {DeviceType::net, DeviceType::blk,   DeviceType::console,
                                             DeviceType::rng, DeviceType::vsock, DeviceType::rpmsg};
constexpr std::array<BackendKind, 10> kinds = {{{DeviceType::net, "tap", "interface"},
                                               {DeviceType::net, "vhost-net", "interface"},
                                               {DeviceType::net, "vhost-user", "socket"},
                                               {DeviceType::blk, "file", "path"},
                                               {DeviceType::blk, "vhost-user", "socket"},
                                               {DeviceType::console, "pty", nullptr},
                                               {DeviceType::console, "unix", "socket"},
                                               {DeviceType::rng, "getrandom", nullptr},
                                               {DeviceType::vsock, "vhost-vsock", nullptr},
                                               {DeviceType::rpmsg, "sockets", nullptr}}};

// A name becomes a part of file names, so nothing else gets through.
bool is_name(const std::string& name) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() < AMP_NAME_SIZE && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(), allowed);
}

std::string name_in(JsonObject& object, const char* property) {
    std::string name = object.text(property);
    if (!is_name(name))
        object.fail("'" + std::string(property) + "' is '" + name + "'; a name is lower-case letters, digits and '-', begins with " +
                    "a letter and is shorter than " + std::to_string(AMP_NAME_SIZE) + " characters");
    return name;
}

DeviceType read_type(JsonObject& object) {
    const std::string text = object.text("type");
    std::string known;
    for (const DeviceType type : types) {
        if (text == name_of(type))
            return type;
        known += (known.empty() ? "" : ", ") + std::string(name_of(type));
    }
    object.fail("'type' is '" + text + "'; there are " + known);
}

void read_backend(JsonObject& object, DeviceSettings& device) {
    device.backend = object.text("backend");
    const std::size_t colon = device.backend.find(':');
    device.kind = device.backend.substr(0, colon);
    device.target = colon == std::string::npos ? "" : device.backend.substr(colon + 1);
    std::string known;
    for (const BackendKind& one : kinds) {
        if (one.type != device.type)
            continue;
        if (device.kind == one.kind && (one.target ? !device.target.empty() : colon == std::string::npos))
            return;
        known += (known.empty() ? "" : ", ") + std::string(one.kind) + (one.target ? std::string(":<") + one.target + ">" : "");
    }
    object.fail("'backend' is '" + device.backend + "'; a " + name_of(device.type) + " device has " + known);
}

void read_mac(JsonObject& object, DeviceSettings& device) {
    const auto text = object.optional_text("mac");
    if (!text)
        return;
    virtio::MacAddress mac{};
    bool good = text->size() == 3 * mac.size() - 1;
    for (std::size_t i = 0; good && i < mac.size(); ++i) {
        const char* pair = text->data() + 3 * i;
        const auto [end, error] = std::from_chars(pair, pair + 2, mac[i], 16);
        good = error == std::errc() && end == pair + 2 && (i + 1 == mac.size() || *end == ':');
    }
    if (!good)
        object.fail("'mac' is '" + *text + "'; six pairs of hexadecimal digits with colons between are expected");
    if (mac[0] & 1)
        object.fail("'mac' is '" + *text + "', a group address; bit 0 of the first byte has to be 0");
    device.mac = mac;
}

void read_rpmsg(JsonObject& object, DeviceSettings& device) {
    JsonObject table(object.object("resource-table"), device.name + ": resource-table");
    device.table_gpa = table.number("gpa", 0, UINT64_MAX);
    device.table_size = table.number("size", 1, 0x10000);
    table.refuse_unknown();
    device.buffers_gpa = object.number("buffers", 0, UINT64_MAX);
}

DeviceSettings read_device(const nlohmann::json& value, const std::string& place) {
    JsonObject object(value, place);
    DeviceSettings device;
    device.name = name_in(object, "name");
    object.set_place(place + " (" + device.name + ")");
    device.index = static_cast<unsigned>(object.number("index", 0, AMP_VIRTIO_MAX - 1));
    device.type = read_type(object);
    read_backend(object, device);
    if (device.type == DeviceType::net) {
        read_mac(object, device);
        // 68: what IPv4 asks for at least; the value's field has 16 bits.
        if (const auto mtu = object.optional_number("mtu", 68, 65535))
            device.mtu = static_cast<std::uint16_t>(*mtu);
    }
    if (device.type == DeviceType::blk)
        device.read_only = object.flag("read-only", false);
    if (device.type == DeviceType::vsock) // 0 to 2 are taken, the last is "any" (virtio 1.2, 5.10.4)
        device.cid = object.number("cid", 3, 0xfffffffe);
    if (device.type == DeviceType::rpmsg)
        read_rpmsg(object, device);
    object.refuse_unknown();
    return device;
}

MemoryRange read_region(const nlohmann::json& value, const std::string& place) {
    JsonObject object(value, place);
    MemoryRange region;
    region.gpa = object.number("gpa", 0, UINT64_MAX);
    region.size = object.number("size", AMP_PAGE_SIZE, UINT64_MAX);
    if (region.gpa % AMP_PAGE_SIZE || region.size % AMP_PAGE_SIZE || region.gpa > UINT64_MAX - region.size)
        object.fail("'gpa' and 'size' have to be multiples of " + std::to_string(AMP_PAGE_SIZE) + " and their sum below 2^64");
    object.refuse_unknown();
    return region;
}

void refuse_doubles(const Config& config, const std::string& source) {
    for (auto one = config.devices.begin(); one != config.devices.end(); ++one) {
        for (auto other = config.devices.begin(); other != one; ++other) {
            if (one->index == other->index)
                throw ConfigError(source + ": '" + other->name + "' and '" + one->name + "' have the same index " +
                                  std::to_string(one->index));
            if (one->name == other->name)
                throw ConfigError(source + ": two devices are called '" + one->name + "'");
        }
    }
}

Config read_all(const nlohmann::json& value, const std::string& source) {
    JsonObject object(value, source);
    Config config;
    config.partition = name_in(object, "partition");
    const nlohmann::json& memory = object.list("memory");
    for (std::size_t i = 0; i < memory.size(); ++i)
        config.memory.push_back(read_region(memory[i], source + ": memory[" + std::to_string(i) + "]"));
    if (config.memory.empty())
        object.fail("'memory' is empty; the guest's queues have to be somewhere");
    const nlohmann::json& devices = object.list("devices");
    for (std::size_t i = 0; i < devices.size(); ++i)
        config.devices.push_back(read_device(devices[i], source + ": devices[" + std::to_string(i) + "]"));
    object.refuse_unknown();
    refuse_doubles(config, source);
    return config;
}

} // namespace

Outcome<Config> parse_config(std::string_view text, const std::string& source) {
    try {
        return read_all(nlohmann::json::parse(text), source);
    } catch (const nlohmann::json::exception& failure) {
        return Err{source + ": not JSON: " + failure.what()};
    } catch (const ConfigError& failure) {
        return Err{std::string(failure.what())};
    }
}

Outcome<Config> read_config(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Err{path + ": " + std::strerror(errno) + "; `ampctl create` writes it for a partition with virtio devices"};
    std::ostringstream text;
    text << file.rdbuf();
    return parse_config(text.str(), path);
}

} // namespace amp::backend
