// SPDX-License-Identifier: GPL-2.0-only
// Always an array, one element per partition, also where one was named.
#include "query_json.hpp"

#include "explain.hpp"
#include "names.hpp"
#include "output.hpp"
#include "syndrome.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace amp::ctl {
namespace {

using Json = nlohmann::ordered_json;

Json head_json(const Selected& one) {
    const amp_query& query = one.query;
    Json json{{"name", one.name},
              {"id", query.id},
              {"state", state_name(query.state)},
              {"core", nullptr},
              {"memory_bytes", query.memory_bytes},
              {"channel_bytes", query.channel_bytes},
              {"starts", query.starts}};
    if (query.cpu != AMP_NO_CPU)
        json["core"] = query.cpu;
    return json;
}

Json one_line(const Selected& one) {
    Json json = head_json(one);
    if (one.virtio)
        json["virtio_served"] = one.virtio->supervisor.has_value();
    return json;
}

Json exit_json(const amp_exit_record& exit) {
    Json json{
        {"reason", exit_name(exit.reason)}, {"text", exit_text(exit.reason)}, {"crash", exit_is_crash(exit.reason)}};
    if (!exit_is_crash(exit.reason))
        return json;
    json.update({{"pc", exit.pc},
                 {"pstate", exit.pstate},
                 {"far", exit.far},
                 {"ipa", exit.ipa},
                 {"esr", exit.esr},
                 {"syndrome", syndrome_text(exit.esr)},
                 {"x", exit.x},
                 {"sp_el0", exit.sp_el0},
                 {"sp_el1", exit.sp_el1},
                 {"elr_el1", exit.elr_el1},
                 {"spsr_el1", exit.spsr_el1},
                 {"esr_el1", exit.esr_el1},
                 {"far_el1", exit.far_el1},
                 {"vbar_el1", exit.vbar_el1},
                 {"sctlr_el1", exit.sctlr_el1},
                 {"tcr_el1", exit.tcr_el1},
                 {"ttbr0_el1", exit.ttbr0_el1},
                 {"ttbr1_el1", exit.ttbr1_el1}});
    return json;
}

Json virtio_json(const VirtioState& state) {
    Json devices = Json::array();
    for (const VirtioDevice& device : state.devices)
        devices.push_back({{"index", device.index},
                           {"name", device.name},
                           {"type", device.type},
                           {"backend", device.backend},
                           {"driver_ok", device.driver_ok}});
    Json json{{"supervisor", nullptr},
              {"worker", nullptr},
              {"ready", state.ready},
              {"restarts", state.restarts},
              {"last_error", state.last_error},
              {"devices", devices}};
    if (state.supervisor)
        json["supervisor"] = *state.supervisor;
    if (state.worker)
        json["worker"] = *state.worker;
    return json;
}

Json one_status(const Selected& one) {
    const amp_query& query = one.query;
    Json json = head_json(one);
    json["monitor_bytes"] = query.monitor_bytes;
    json["image_bytes"] = query.segment_bytes;
    json["resets"] = query.resets;
    json["doorbell"] = query.doorbell_intid;
    json["up_seconds"] = query.starts == 0 ? 0 : ticks_seconds(query.start_ticks, query.now_ticks, query.counter_hz);
    if (one.panic)
        json["panic"] = *one.panic;
    if (one.virtio)
        json["virtio"] = virtio_json(*one.virtio);
    json["exit"] = exit_json(query.exit);
    if (query.failure.status != AMP_STATUS_OK)
        json["failure"] = {{"status", status_name(query.failure.status)},
                           {"index", query.failure.index},
                           {"value", query.failure.value},
                           {"text", report_text(query.failure)}};
    return json;
}

std::string small(std::string_view name) {
    std::string text(name);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

Json one_stats(const Selected& one) {
    const amp_query& query = one.query;
    const amp_stats& stats = query.stats;
    Json exits = Json::object();
    for (std::uint32_t cause = 0; cause < AMP_CAUSE_COUNT; ++cause)
        exits[small(cause_name(cause))] = stats.exits[cause];
    Json json = head_json(one);
    json.update(
        {{"monitor_bytes", query.monitor_bytes},
         {"image_bytes", query.segment_bytes},
         {"table_bytes", stats.table_pages * AMP_PAGE_SIZE},
         {"up_seconds", query.starts == 0 ? 0 : ticks_seconds(query.start_ticks, query.now_ticks, query.counter_hz)},
         {"start_to_guest_seconds", ticks_seconds(query.start_ticks, stats.guest_ticks, query.counter_hz)},
         {"start_to_monitor_seconds", ticks_seconds(query.start_ticks, stats.monitor_ticks, query.counter_hz)},
         {"injected", stats.injected},
         {"overflows", stats.overflows},
         {"doorbells_in", stats.doorbells_in},
         {"doorbells_out", stats.doorbells_out},
         {"console_in", stats.console_in},
         {"console_out", stats.console_out},
         {"undefined", stats.undefined}});
    json["exits"] = exits;
    return json;
}

std::string all_json(const std::vector<Selected>& partitions, Json (*make)(const Selected&)) {
    Json list = Json::array();
    for (const Selected& one : partitions)
        list.push_back(make(one));
    return list.dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string list_json(const std::vector<Selected>& partitions) { return all_json(partitions, one_line); }
std::string status_json(const std::vector<Selected>& partitions) { return all_json(partitions, one_status); }
std::string stats_json(const std::vector<Selected>& partitions) { return all_json(partitions, one_stats); }

} // namespace amp::ctl
