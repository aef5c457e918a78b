// SPDX-License-Identifier: GPL-2.0-only
// Lines to back ends come and go: taken over from an earlier worker, got from the supervisor, lost.
#include "vhost_user.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

namespace amp::virtio::vhost_user {
namespace {

// While all of the partition waits for it anyway: amp-virtio begins.
constexpr std::chrono::seconds longest_opening{20};

} // namespace

FrontEnd::FrontEnd(const std::string& path, const Surroundings& surroundings, unsigned queues)
    : connection_(path), link_(surroundings.link), memory_(&surroundings.memory), memory_fd_(surroundings.memory_descriptor),
      wanted_(queues, true) {
    kind_.name = path;
    kind_.log = surroundings.log;
}

Outcome<FrontEnd> FrontEnd::open(const std::string& path, const Surroundings& surroundings, unsigned queues) {
    FrontEnd front_end(path, surroundings, queues);
    if (auto opened = front_end.open_line(); !opened)
        return Err{opened.error()};
    return front_end;
}

Outcome<Done> FrontEnd::open_line() {
    timer_ = OwnedFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer_)
        return Err{std::string("timerfd: ") + std::strerror(errno)};
    if (const auto facts = facts_in(record())) {
        facts_ = found_ = *facts;
        facts_known_ = true;
    }
    Line line = link_->take_line();
    const Phase phase = phase_of(record(), line.number);
    if (line.number)
        use(std::move(line));
    if (!facts_known_)
        return agree_at_once(phase);
    if (!line_)
        return Done{};
    if (phase == Phase::fresh)
        state_ = State::agreeing; // begins in watch()
    else if (phase == Phase::talking)
        lose("a worker died in the middle of a talk on it");
    else
        state_ = phase == Phase::running ? State::running : State::idle;
    return Done{};
}

// Nobody has asked a back end yet: without an answer there is no device.
Outcome<Done> FrontEnd::agree_at_once(Phase phase) {
    if (!line_ || phase != Phase::fresh) {
        forget_line();
        return connection_.error("is away");
    }
    agree();
    auto done = connection_.finish(longest_opening);
    if (!done) {
        forget_line();
        return done;
    }
    facts_ = found_;
    state_ = State::idle;
    return done;
}

void FrontEnd::use(Line line) {
    line_ = line.number;
    rings_ = std::move(line.rings);
    rings_.resize(wanted_.size());
    connection_.use(std::move(line.socket));
}

void FrontEnd::watch(Loop& loop, Kind kind) {
    loop_ = &loop;
    kind_ = std::move(kind);
    loop.add(link_->descriptor(), EPOLLIN, [this](std::uint32_t) { take_next_line(); });
    loop.add(timer_.get(), EPOLLIN, [this](std::uint32_t) { converse(); });
    if (!facts_known_)
        adopt();
    if (!line_)
        return;
    loop.add(connection_.descriptor(), EPOLLIN | EPOLLRDHUP, [this](std::uint32_t) { converse(); });
    if (state_ == State::agreeing)
        agree();
    else
        store(state_ == State::running ? Phase::running : Phase::idle);
    converse();
}

void FrontEnd::stop_watching(Loop& loop) {
    loop.remove(link_->descriptor());
    loop.remove(timer_.get());
    if (line_)
        loop.remove(connection_.descriptor());
    loop_ = nullptr;
}

void FrontEnd::take_next_line() {
    auto line = link_->next_line();
    if (!line) { // this process is about to end with it
        loop_->remove(link_->descriptor());
        return;
    }
    if (!line->number)
        return;
    if (line_)
        lose("the supervisor has another");
    use(std::move(*line));
    loop_->add(connection_.descriptor(), EPOLLIN | EPOLLRDHUP, [this](std::uint32_t) { converse(); });
    agree();
    converse();
}

// Something has come, or time is over, or there is something to say.
void FrontEnd::converse() {
    if (!line_)
        return;
    if (!connection_.busy()) { // nothing was asked: what comes now is no answer
        std::byte one{};
        const ssize_t size = ::recv(connection_.descriptor(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
        if (size == 0)
            lose("it closed the connection");
        else if (size > 0)
            lose("it says something that it was not asked");
        else if (errno != EAGAIN && errno != EINTR)
            lose(std::strerror(errno));
        return;
    }
    const std::uint64_t line = line_;
    const auto done = connection_.go_on();
    if (!done && line == line_)
        lose(done.error());
    arm_timer();
}

void FrontEnd::arm_timer() {
    itimerspec when{};
    if (line_ && connection_.busy()) {
        const auto left = connection_.deadline() - Connection::Clock::now();
        const auto ns = std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(left).count(), 1);
        when.it_value = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

void FrontEnd::forget_line() {
    if (loop_ && line_)
        loop_->remove(connection_.descriptor());
    connection_.drop();
    if (line_)
        link_->lost(line_);
    line_ = 0;
    rings_.clear();
    rings_.resize(wanted_.size());
    state_ = State::away;
}

// By its end, by nonsense or by silence: the rings stand still until the supervisor has found another back end.
void FrontEnd::lose(const std::string& why) {
    log("the connection to the back end is lost: " + why);
    const bool was_started = state_ == State::running || state_ == State::starting;
    if (session_ && was_started)
        disarm(*port_);
    if (session_)
        settle(); // before the supervisor knows, and before a driver has more in its queues
    forget_line();
    arm_timer();
}

} // namespace amp::virtio::vhost_user
