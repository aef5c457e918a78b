// SPDX-License-Identifier: GPL-2.0-only
// Plans and diagnostics as JSON. Addresses are numbers, not texts, as everywhere in our JSON.
#include "output.hpp"
#include "plan_output.hpp"

#include <nlohmann/json.hpp>

namespace amp::ctl {
namespace {

using Json = nlohmann::ordered_json;

Json regions_json(const Plan& plan) {
    Json list = Json::array();
    for (const PlannedRegion& region : plan.regions) {
        Json json{{"address", region.range.start.number},
                  {"size", region.range.size},
                  {"kind", to_string(region.kind)},
                  {"access", access_text(region.access)},
                  {"what", region.what}};
        if (region.kind == RegionKind::fixed || region.kind == RegionKind::device)
            json["physical"] = region.pa.number;
        list.push_back(std::move(json));
    }
    return list;
}

Json platform_json(const Platform& platform) {
    Json json{{"gic_version", platform.gic_version}, {"gicd", platform.gicd.number}};
    json[platform.gic_version == 2 ? "gicc" : "gicr"] =
        (platform.gic_version == 2 ? platform.gicc : platform.gicr).number;
    if (platform.virtio)
        json["virtio"] = platform.virtio->number;
    if (platform.console) {
        json["console"] = platform.console->number;
        json["console_interrupt"] = platform.console_intid.number;
    }
    return json;
}

Json virtio_json(const Plan& plan) {
    Json list = Json::array();
    for (const PlannedVirtio& device : plan.virtio) {
        Json json{{"name", device.name},         {"type", device.type},           {"address", device.gpa.number},
                  {"interrupt", device.intid.number}, {"queues", device.queue_count}, {"backend", device.backend}};
        if (!device.mac.empty())
            json["mac"] = device.mac;
        if (device.mtu)
            json["mtu"] = *device.mtu;
        if (device.cid)
            json["cid"] = *device.cid;
        if (device.type == "blk")
            json["read_only"] = device.read_only;
        list.push_back(std::move(json));
    }
    return list;
}

Json plan_json(const Plan& plan) {
    Json cores = Json::array(), segments = Json::array(), channels = Json::array();
    for (const PlannedCore& core : plan.cores)
        cores.push_back({{"cpu", core.cpu.number}, {"mpidr", core.mpidr.number}});
    for (const Segment& segment : plan.segments)
        segments.push_back({{"address", segment.gpa.number},
                            {"bytes", segment.bytes.size()},
                            {"memory", segment.memory_size},
                            {"what", segment.what}});
    for (const PlannedChannel& channel : plan.channels)
        channels.push_back({{"name", channel.name},
                            {"peer", channel.peer},
                            {"address", channel.gpa.number},
                            {"size", channel.size},
                            {"interrupt", channel.intid.number},
                            {"side", channel.side}});
    Json devices = Json::array();
    for (const PlannedDevice& device : plan.devices) {
        Json interrupts = Json::array();
        for (const PlannedIrq& irq : plan.irqs)
            if (irq.device == device.path)
                interrupts.push_back({{"machine", irq.intid.number}, {"guest", irq.guest_intid.number}, {"level", irq.level}});
        devices.push_back({{"path", device.path}, {"interrupts", interrupts}});
    }
    return {{"name", plan.name},
            {"id", plan.id},
            {"os", plan.os_type},
            {"cores", cores},
            {"image", plan.image_file},
            {"image_format", to_string(plan.image_format)},
            {"image_compressed", plan.image_compressed},
            {"aarch32", plan.aarch32},
            {"entry", plan.entry.number},
            {"dtb", plan.dtb.number},
            {"bootargs", plan.bootargs},
            {"doorbell", plan.doorbell.number},
            {"platform", platform_json(plan.platform)},
            {"memory_bytes", plan.memory_bytes()},
            {"channel_bytes", plan.channel_bytes()},
            {"regions", regions_json(plan)},
            {"segments", segments},
            {"channels", channels},
            {"virtio", virtio_json(plan)},
            {"devices", devices}};
}

} // namespace

std::string plans_json(const std::vector<Plan>& plans) {
    Json list = Json::array();
    for (const Plan& plan : plans)
        list.push_back(plan_json(plan));
    return list.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string diagnostics_json(const Diagnostics& diagnostics) {
    Json list = Json::array();
    for (const Diagnostic& diagnostic : diagnostics)
        list.push_back({{"rule", diagnostic.rule},
                        {"severity", to_string(diagnostic.severity)},
                        {"file", diagnostic.place.file},
                        {"line", diagnostic.place.line},
                        {"column", diagnostic.place.column},
                        {"node", diagnostic.place.node},
                        {"property", diagnostic.place.property},
                        {"message", diagnostic.message},
                        {"hint", diagnostic.hint}});
    return list.dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace amp::ctl
