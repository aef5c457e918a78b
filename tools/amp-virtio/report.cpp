// SPDX-License-Identifier: GPL-2.0-only
#include "report.hpp"

#include <cstdio>
#include <sys/socket.h>

namespace amp::backend {

std::string encode(const Report& report) {
    std::string text;
    switch (report.kind) {
    case Report::Kind::ready: text = "ready"; break;
    case Report::Kind::failed: text = "failed " + report.text; break;
    case Report::Kind::log: text = "log " + report.text; break;
    case Report::Kind::device:
        text = "device " + std::to_string(report.index) + " " + std::to_string(report.state.queues_ready) + " " +
               std::to_string(report.state.driver_ok ? 1 : 0);
        break;
    }
    return text.substr(0, report_limit);
}

std::optional<Report> decode(std::string_view datagram) {
    Report report;
    const std::string text(datagram);
    unsigned driver_ok = 0;
    if (text == "ready") {
        report.kind = Report::Kind::ready;
    } else if (text.rfind("failed ", 0) == 0) {
        report.kind = Report::Kind::failed;
        report.text = text.substr(7);
    } else if (text.rfind("log ", 0) == 0) {
        report.kind = Report::Kind::log;
        report.text = text.substr(4);
    } else if (std::sscanf(text.c_str(), "device %3u %3u %1u", &report.index, &report.state.queues_ready, &driver_ok) == 3) {
        report.kind = Report::Kind::device;
        report.state.driver_ok = driver_ok != 0;
    } else {
        return std::nullopt;
    }
    return report;
}

bool Reporter::send(const Report& report, int flags) const {
    const std::string text = encode(report);
    return ::send(socket_, text.data(), text.size(), flags | MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

void Reporter::ready() const { static_cast<void>(send({Report::Kind::ready, {}, 0, {}}, 0)); }
void Reporter::failed(const std::string& text) const { static_cast<void>(send({Report::Kind::failed, text, 0, {}}, 0)); }
void Reporter::log(const std::string& text) const { static_cast<void>(send({Report::Kind::log, text, 0, {}}, MSG_DONTWAIT)); }
bool Reporter::device(unsigned index, const DeviceState& state) const {
    return send({Report::Kind::device, {}, index, state}, MSG_DONTWAIT);
}

} // namespace amp::backend
