// SPDX-License-Identifier: GPL-2.0-only
// read, write and poll on a node of include/amp/abi/ioctl.h: one message per call.
#include "channel_io.hpp"

#include "explain.hpp"
#include "signals.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace amp::ctl {
namespace {

constexpr std::size_t first_buffer = 64 * 1024;
constexpr std::size_t largest_message = 1u << 30;

Error node_error(int number, std::string_view attempt) { return explain({number, CallPlace::node, {}}, attempt); }

} // namespace

Deadline::Deadline(std::optional<std::chrono::milliseconds> timeout) {
    if (timeout)
        end_ = std::chrono::steady_clock::now() + *timeout;
}

int Deadline::left() const {
    if (!end_)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 3'600'000));
}

Waited wait_for(int descriptor, short events, int stop, const Deadline& deadline) {
    for (;;) {
        std::array<pollfd, 2> items{{{descriptor, events, 0}, {stop, POLLIN, 0}}};
        const int left = deadline.left();
        const int count = ::poll(items.data(), items.size(), left);
        if (items[0].revents != 0 && count > 0)
            return Waited::ready;
        if (items[1].revents != 0 && count > 0)
            return Waited::signal;
        if (left >= 0 && deadline.left() == 0)
            return Waited::timed_out;
    }
}

Outcome<std::optional<std::string>> receive(int node, int stop, const Deadline& deadline, Waited& waited) {
    std::string buffer(first_buffer, '\0');
    for (;;) {
        const ssize_t count = ::read(node, buffer.data(), buffer.size());
        if (count >= 0) {
            buffer.resize(static_cast<std::size_t>(count));
            waited = Waited::ready;
            return std::optional(std::move(buffer));
        }
        if (errno == EMSGSIZE && buffer.size() < largest_message) {
            buffer.resize(buffer.size() * 2);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return Err{node_error(errno, "receive")};
        waited = wait_for(node, POLLIN, stop, deadline);
        if (waited != Waited::ready)
            return std::optional<std::string>();
    }
}

Outcome<Done> send(int node, std::string_view message, int stop, const Deadline& deadline) {
    for (;;) {
        const ssize_t count = ::write(node, message.data(), message.size());
        if (count == static_cast<ssize_t>(message.size()))
            return Done{};
        if (count >= 0)
            return Err{Error{ExitStatus::internal, "only a part of the message was sent", "please report it"}};
        if (errno == EINTR && !stop_requested(stop))
            continue;
        if (errno != EAGAIN)
            return Err{node_error(errno, "send")};
        const Waited waited = wait_for(node, POLLOUT, stop, deadline);
        if (waited == Waited::timed_out)
            return Err{node_error(EAGAIN, "send")};
        if (waited == Waited::signal)
            return Err{node_error(EINTR, "send")};
    }
}

Outcome<std::string> read_all(int descriptor) {
    std::string all;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Err{
                Error{ExitStatus::internal, fmt::format("can't read standard input: {}", std::strerror(errno)), ""}};
        if (count == 0)
            return all;
        all.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

} // namespace amp::ctl
