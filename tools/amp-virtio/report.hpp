// SPDX-License-Identifier: GPL-2.0-only
// What a worker tells its supervisor: one datagram per message, text. The supervisor trusts none of it further than a line in
// the log and in virtio.status; a worker that talks nonsense only harms its own partition's status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amp::backend {

// The one word in the other direction.
constexpr std::string_view worker_may_begin = "begin";

struct DeviceState {
    unsigned queues_ready = 0;
    bool driver_ok = false;
    bool operator==(const DeviceState&) const = default;
};

struct Report {
    enum class Kind { ready, failed, log, device } kind = Kind::log;
    std::string text;    // failed, log
    unsigned index = 0;  // device: index in the configuration's order
    DeviceState state{}; // device
};

constexpr std::size_t report_limit = 1024; // bytes of a datagram; longer text is cut

std::string encode(const Report& report);
std::optional<Report> decode(std::string_view datagram);

// The worker's end. Never waits: what a full socket does not take is lost, ready and failed excepted.
class Reporter {
public:
    explicit Reporter(int socket) : socket_(socket) {}
    void ready() const;
    void failed(const std::string& text) const;
    void log(const std::string& text) const;
    // false: try again later
    [[nodiscard]] bool device(unsigned index, const DeviceState& state) const;

private:
    [[nodiscard]] bool send(const Report& report, int flags) const;
    int socket_;
};

} // namespace amp::backend
