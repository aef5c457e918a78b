// SPDX-License-Identifier: GPL-2.0-only
// One loop: state, output, input, wait.
#include "console_pump.hpp"

#include "explain.hpp"
#include "raw_mode.hpp"
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

constexpr std::size_t pending_limit = 4096;
// A guest that never stops printing must not keep us from keys, signals and the deadline.
constexpr int reads_per_round = 16;

} // namespace

bool has_ended(std::uint32_t state) {
    return state == AMP_STATE_STOPPED || state == AMP_STATE_CRASHED || state == AMP_STATE_LOST;
}

Outcome<PumpEnd> ConsolePump::run() {
    const RawMode raw(in_);
    is_terminal_ = raw.active();
    if (options_.timeout)
        deadline_ = std::chrono::steady_clock::now() + *options_.timeout;
    for (;;) {
        // The state first: whatever was printed before the end is then still shown.
        if (const auto looked = look_at_state(); !looked)
            return Err{looked.error()};
        if (const auto shown = show_output(); !shown)
            return Err{shown.error()};
        if (const auto end = reason_to_end())
            return *end;
        wait();
        take_input();
        give_input();
    }
}

std::optional<PumpEnd> ConsolePump::reason_to_end() const {
    if (text_seen_)
        return PumpEnd::text_seen;
    if (command_ == EscapeCommand::detach)
        return PumpEnd::detach;
    if (command_ == EscapeCommand::destroy)
        return PumpEnd::destroy;
    if (stop_requested(context_.terminal.stop))
        return PumpEnd::signal;
    if (gone_)
        return PumpEnd::gone;
    if (node_lost_)
        return PumpEnd::node_lost;
    if (has_ended(query_.state) && !more_output_)
        return PumpEnd::guest_ended;
    if (options_.timeout && std::chrono::steady_clock::now() >= deadline_)
        return PumpEnd::timed_out;
    return std::nullopt;
}

Outcome<Done> ConsolePump::look_at_state() {
    const auto query = partition_.query();
    if (query) {
        query_ = *query;
        return Done{};
    }
    if (query.error().number != ENODEV && query.error().number != ENOENT)
        return Err{explain(query.error(), "ask for the partition's state")};
    gone_ = true;
    return Done{};
}

Outcome<Done> ConsolePump::show_output() { return options_.from_node ? show_node() : show_stream(); }

Outcome<Done> ConsolePump::show_node() {
    std::array<char, 4096> buffer{};
    more_output_ = !gone_;
    for (int i = 0; i < reads_per_round && more_output_; ++i) {
        const ssize_t count = ::read(node_, buffer.data(), buffer.size());
        more_output_ = count > 0 || (count < 0 && errno == EINTR);
        node_lost_ = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
        if (count <= 0)
            continue;
        if (const auto written = write_out({buffer.data(), static_cast<std::size_t>(count)}); !written)
            return Err{written.error()};
    }
    return Done{};
}

Outcome<Done> ConsolePump::show_stream() {
    // Emptied before the history is read: a byte that comes in between makes the node readable again.
    drain_node();
    more_output_ = !gone_ && node_ >= 0;
    for (int i = 0; i < reads_per_round && more_output_; ++i) {
        const auto chunk = partition_.read_stream(Stream::console, position_);
        if (!chunk)
            return Err{explain(chunk.error(), "read the console")};
        if (chunk->lost != 0)
            context_.err << fmt::format("[{} bytes of output were lost]\n", chunk->lost);
        position_ = chunk->next;
        more_output_ = !chunk->bytes.empty();
        if (const auto written = write_out(chunk->bytes); !written)
            return Err{written.error()};
    }
    return Done{};
}

Outcome<Done> ConsolePump::write_out(std::string_view bytes) {
    if (options_.until) {
        tail_.append(bytes);
        text_seen_ = text_seen_ || tail_.find(*options_.until) != std::string::npos;
        tail_.erase(0, tail_.size() - std::min(tail_.size(), options_.until->size()));
    }
    while (!bytes.empty()) {
        const ssize_t count = ::write(context_.terminal.out, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Err{
                Error{ExitStatus::internal, fmt::format("can't write the output: {}", std::strerror(errno)), ""}};
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return Done{};
}

void ConsolePump::drain_node() {
    std::array<char, 4096> ignored{};
    ssize_t count = 1;
    for (int i = 0; i < reads_per_round && node_ >= 0 && count > 0; ++i)
        count = ::read(node_, ignored.data(), ignored.size());
}

void ConsolePump::take_input() {
    pollfd item{in_, POLLIN, 0};
    if (in_ < 0 || pending_.size() >= pending_limit || ::poll(&item, 1, 0) <= 0)
        return;
    std::array<char, 1024> buffer{};
    const ssize_t count = ::read(in_, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        in_ = -1; // end of the input is not the end of the guest
        return;
    }
    const std::string_view typed(buffer.data(), static_cast<std::size_t>(count));
    if (!is_terminal_) {
        pending_.append(typed);
        return;
    }
    const Filtered filtered = filter_.feed(typed);
    pending_.append(filtered.forward);
    if (filtered.command == EscapeCommand::asked)
        context_.err << fmt::format("\n[ampctl: d detach{}, Ctrl-] to send it, other keys go on]\n",
                                    options_.offer_destroy ? ", q stop and destroy" : "")
                     << std::flush;
    command_ = filtered.command;
    if (command_ == EscapeCommand::destroy && !options_.offer_destroy)
        command_ = EscapeCommand::detach;
}

void ConsolePump::give_input() {
    if (node_ < 0 || pending_.empty())
        return;
    const ssize_t count = ::write(node_, pending_.data(), pending_.size());
    if (count > 0)
        pending_.erase(0, static_cast<std::size_t>(count));
    else if (count < 0 && errno != EAGAIN && errno != EINTR)
        pending_.clear(); // the guest is not running: there is nobody to type to
}

int ConsolePump::wait_time() const {
    if (more_output_)
        return 0;
    if (!options_.timeout)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 3'600'000));
}

void ConsolePump::wait() {
    const auto node_events = static_cast<short>(POLLIN | (pending_.empty() ? 0 : POLLOUT));
    std::array<pollfd, 4> items{{{context_.terminal.stop, POLLIN, 0},
                                 {partition_.poll_descriptor(), POLLIN, 0},
                                 {node_alive_ ? node_ : -1, node_events, 0},
                                 {pending_.size() < pending_limit ? in_ : -1, POLLIN, 0}}};
    ::poll(items.data(), items.size(), wait_time());
    // A node that only reports an error has nothing more to say; asking again would never wait.
    if ((items[2].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0 && (items[2].revents & POLLIN) == 0)
        node_alive_ = false;
}

} // namespace amp::ctl
