// SPDX-License-Identifier: GPL-2.0-only
// Plan -> virtio.json, from which amp-virtio serves the devices (docs/decisions/0004-virtio.md). Memory is what the guest may
// write: no back end has business in the info page or in channels.
#include <nlohmann/json.hpp>

#include "amp/partitioner/emit.hpp"
#include "virtio_devices.hpp"

namespace amp {

namespace {

using Json = nlohmann::ordered_json;

bool holds_buffers(const PlannedRegion& region) {
    return (region.kind == RegionKind::memory || region.kind == RegionKind::fixed) &&
           (region.access & AMP_ACCESS_WRITE) != 0;
}

Json device_json(const PlannedVirtio& device) {
    Json json{{"index", device.index}, {"name", device.name}, {"type", device.type}, {"backend", device.backend}};
    if (!device.mac.empty()) {
        json["mac"] = device.mac;
    }
    if (device.mtu) {
        json["mtu"] = *device.mtu;
    }
    if (device.cid) {
        json["cid"] = *device.cid;
    }
    if (device.type == "blk") {
        json["read-only"] = device.read_only;
    }
    return json;
}

} // namespace

bool is_json_text(const std::string& text) {
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)) == Json(text);
}

std::string emit_virtio_config(const Plan& plan) {
    Json json{{"partition", plan.name}, {"memory", Json::array()}, {"devices", Json::array()}};
    for (const auto& region : plan.regions) {
        if (holds_buffers(region)) {
            json["memory"].push_back({{"gpa", region.range.start.number}, {"size", region.range.size}});
        }
    }
    for (const auto& device : plan.virtio) {
        json["devices"].push_back(device_json(device));
    }
    return json.dump(2) + "\n";
}

} // namespace amp
