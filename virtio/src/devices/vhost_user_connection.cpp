// SPDX-License-Identifier: GPL-2.0-only
#include "vhost_user_connection.hpp"

#include "amp/virtio/devices/passing.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

namespace amp::virtio::vhost_user {
namespace {

std::string with_errno(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

std::string of(Request request) { return " (request " + std::to_string(static_cast<std::uint32_t>(request)) + ")"; }

} // namespace

void Connection::use(OwnedFd socket) {
    drop();
    socket_ = std::move(socket);
}

void Connection::drop() {
    // Others may hold it, too: the back end is to see its end now.
    if (socket_)
        ::shutdown(socket_.get(), SHUT_RDWR);
    socket_.reset();
    steps_.clear();
    out_.clear();
    sent_ = received_ = 0;
    answer_ = {};
    acknowledges_ = false;
}

void Connection::set(Request request, std::span<const std::byte> bytes, std::span<const int> fds) {
    Step step;
    step.request = request;
    step.bytes.assign(bytes.begin(), bytes.end());
    step.fds.assign(fds.begin(), fds.end());
    steps_.push_back(std::move(step));
}

void Connection::get(Request request, std::span<const std::byte> bytes, Bounds bounds, Then then) {
    Step step;
    step.request = request;
    step.answers = true;
    step.bytes.assign(bytes.begin(), bytes.end());
    step.bounds = bounds;
    step.then = std::move(then);
    steps_.push_back(std::move(step));
}

void Connection::then(std::function<Outcome<Done>()> what) {
    Step step;
    step.message = false;
    step.then = [what = std::move(what)](Answer&) { return what(); };
    steps_.push_back(std::move(step));
}

Outcome<bool> Connection::go_on() {
    while (!steps_.empty()) {
        if (Step& step = steps_.front(); step.message) {
            auto sent = send(step);
            if (!sent || !*sent)
                return sent;
            if (awaits_answer(step)) {
                auto received = receive(step);
                if (!received || !*received)
                    return received;
            }
        }
        const Step done = std::move(steps_.front());
        Answer answer = std::move(answer_);
        steps_.pop_front();
        out_.clear();
        sent_ = received_ = 0;
        answer_ = {};
        if (done.then)
            if (auto good = done.then(answer); !good)
                return Err{good.error()};
    }
    return true;
}

Outcome<bool> Connection::send(Step& step) {
    if (out_.empty()) {
        acknowledged_ = acknowledges_ && !step.answers;
        const Header header{static_cast<std::uint32_t>(step.request), version | (acknowledged_ ? need_reply : 0),
                            static_cast<std::uint32_t>(step.bytes.size())};
        out_.resize(sizeof(header) + step.bytes.size());
        std::memcpy(out_.data(), &header, sizeof(header));
        std::copy(step.bytes.begin(), step.bytes.end(), out_.begin() + sizeof(header));
        deadline_ = Clock::now() + patience;
    }
    while (sent_ < out_.size()) {
        const std::span<const int> fds = sent_ ? std::span<const int>() : step.fds;
        const ssize_t sent = send_with(socket_.get(), std::span(out_).subspan(sent_), fds, MSG_DONTWAIT);
        if (sent > 0)
            sent_ += static_cast<std::size_t>(sent);
        else if (errno == EAGAIN && Clock::now() >= deadline_)
            return error("takes no message within " + std::to_string(patience.count()) + " s" + of(step.request));
        else if (errno == EAGAIN)
            return false;
        else if (errno != EINTR)
            return error(with_errno("send") + of(step.request));
    }
    return true;
}

Outcome<bool> Connection::receive(const Step& step) {
    if (received_ < sizeof(header_)) {
        auto whole = receive_into(std::as_writable_bytes(std::span(&header_, 1)), 0, step.bounds.descriptor);
        if (!whole)
            return Err{whole.error() + of(step.request)};
        if (!*whole)
            return whole;
        if (auto good = check_header(step); !good)
            return Err{good.error()};
        answer_.bytes.resize(header_.size);
    }
    auto whole = receive_into(answer_.bytes, sizeof(header_), false);
    if (!whole)
        return Err{whole.error() + of(step.request)};
    if (!*whole || step.answers)
        return whole;
    if (auto good = take_acknowledgement(step); !good)
        return Err{good.error()};
    return true;
}

Outcome<Done> Connection::check_header(const Step& step) const {
    if (header_.request != static_cast<std::uint32_t>(step.request) || (header_.flags & version_mask) != version ||
        !(header_.flags & is_reply))
        return error("answers" + of(step.request) + " with message " + std::to_string(header_.request) + ", flags " +
                     std::to_string(header_.flags));
    const Bounds bounds = step.answers ? step.bounds : Bounds{sizeof(std::uint64_t), sizeof(std::uint64_t)};
    if (header_.size < bounds.least || header_.size > bounds.most)
        return error("answers" + of(step.request) + " with " + std::to_string(header_.size) + " bytes");
    return Done{};
}

Outcome<Done> Connection::take_acknowledgement(const Step& step) {
    std::uint64_t result = 0;
    std::memcpy(&result, answer_.bytes.data(), sizeof(result));
    if (result)
        return error("refuses" + of(step.request) + " with " + std::to_string(result));
    return Done{};
}

Outcome<bool> Connection::receive_into(std::span<std::byte> to, std::size_t already, bool descriptor) {
    while (received_ - already < to.size()) {
        Received received = receive_with(socket_.get(), to.subspan(received_ - already), descriptor && !answer_.fd ? 1 : 0, MSG_DONTWAIT);
        if (received.bytes == 0)
            return error("closed the connection");
        if (received.bytes < 0 && errno == EAGAIN && Clock::now() >= deadline_)
            return error("does not answer within " + std::to_string(patience.count()) + " s");
        if (received.bytes < 0 && errno == EAGAIN)
            return false;
        if (received.bytes < 0 && errno != EINTR)
            return error(with_errno("receive"));
        if (received.cut)
            return error("sends more descriptors than the answer has");
        if (!received.fds.empty())
            answer_.fd = std::move(received.fds[0]);
        if (received.bytes > 0)
            received_ += static_cast<std::size_t>(received.bytes);
    }
    return true;
}

Outcome<Done> Connection::finish(std::chrono::milliseconds longest) {
    const auto end = Clock::now() + longest;
    for (;;) {
        auto done = go_on();
        if (!done)
            return Err{done.error()};
        if (*done)
            return Done{};
        const auto until = std::min(end, deadline_);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0 && until == end && end < deadline_)
            return error("does not answer within " + std::to_string(longest.count()) + " ms" + of(steps_.front().request));
        const short events = sent_ < out_.size() ? POLLOUT : POLLIN;
        pollfd one{socket_.get(), events, 0};
        ::poll(&one, 1, left > 0 ? static_cast<int>(left) : 0);
    }
}

} // namespace amp::virtio::vhost_user
