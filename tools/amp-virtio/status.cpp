// SPDX-License-Identifier: GPL-2.0-only
#include "status.hpp"

#include <nlohmann/json.hpp>

namespace amp::backend {

std::string status_text(const Config& config, const Status& status) {
    nlohmann::ordered_json json;
    json["partition"] = config.partition;
    json["supervisor"] = status.supervisor;
    json["worker"] = status.worker;
    json["ready"] = status.ready;
    json["restarts"] = status.restarts;
    json["last-error"] = status.last_error;
    json["devices"] = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < config.devices.size(); ++i) {
        const virtio::DeviceSettings& device = config.devices[i];
        json["devices"].push_back({{"index", device.index},
                                   {"name", device.name},
                                   {"type", virtio::name_of(device.type)},
                                   {"backend", device.backend},
                                   {"queues-ready", status.devices[i].queues_ready},
                                   {"driver-ok", status.devices[i].driver_ok}});
    }
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace amp::backend
