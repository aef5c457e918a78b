// SPDX-License-Identifier: GPL-2.0-only
// Two files of JSON, put together.
#include "virtio_state.hpp"

#include "back_end.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace amp::ctl {
namespace {

using Json = nlohmann::json;

// An object, empty where the file gives none.
Json read_json(const Context& context, const std::string& path) {
    const auto bytes = context.disk.read(path);
    Json json = bytes ? Json::parse(bytes->begin(), bytes->end(), nullptr, false) : Json();
    return json.is_object() ? json : Json::object();
}

std::string text_in(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

unsigned number_in(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_unsigned() ? found->get<unsigned>() : 0;
}

bool flag_in(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

// The objects of a list.
std::vector<Json> list_in(const Json& object, const char* key) {
    std::vector<Json> all;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array())
        std::copy_if(found->begin(), found->end(), std::back_inserter(all), [](const Json& one) { return one.is_object(); });
    return all;
}

void add_status(VirtioState& state, const Json& status) {
    const unsigned worker = number_in(status, "worker");
    if (worker != 0)
        state.worker = static_cast<pid_t>(worker);
    state.ready = flag_in(status, "ready");
    state.restarts = number_in(status, "restarts");
    state.last_error = text_in(status, "last-error");
    for (const Json& served : list_in(status, "devices"))
        for (VirtioDevice& device : state.devices)
            if (device.name == text_in(served, "name"))
                device.driver_ok = flag_in(served, "driver-ok");
}

} // namespace

std::optional<VirtioState> virtio_state(const Context& context, const std::string& partition) {
    VirtioState state;
    for (const Json& device : list_in(read_json(context, back_end_config(partition)), "devices"))
        state.devices.push_back({number_in(device, "index"), text_in(device, "name"), text_in(device, "type"),
                                 text_in(device, "backend"), false});
    if (state.devices.empty())
        return std::nullopt;
    state.supervisor = back_end_process(context, partition);
    // What a back end that was killed wrote is no longer so.
    if (state.supervisor)
        add_status(state, read_json(context, run_directory(partition) + "/virtio.status"));
    return state;
}

std::string back_end_text(const VirtioState& state) {
    if (!state.supervisor)
        return "not running, so nobody serves the devices; `ampctl start` runs it";
    std::string text = fmt::format("process {}, ", *state.supervisor);
    text += state.worker ? fmt::format("worker {}{}", *state.worker, state.ready ? "" : " (not ready)") : "no worker";
    text += fmt::format(", restarted {} time{}", state.restarts, state.restarts == 1 ? "" : "s");
    return text + (state.last_error.empty() ? "" : "; the last one: " + state.last_error);
}

std::string device_text(const VirtioState& state, const VirtioDevice& device) {
    if (!state.worker || !state.ready)
        return "not served";
    return device.driver_ok ? "driver ok" : "no driver yet";
}

} // namespace amp::ctl
