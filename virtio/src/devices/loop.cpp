// SPDX-License-Identifier: GPL-2.0-only
#include "amp/virtio/loop.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <system_error>

namespace amp::virtio {
namespace {

std::uint64_t token_of(int fd, std::uint32_t generation) {
    return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(fd);
}

} // namespace

Outcome<Loop> Loop::make() {
    OwnedFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll)
        return Err{std::string("epoll: ") + std::strerror(errno)};
    return Loop(std::move(epoll));
}

void Loop::add(int fd, std::uint32_t events, Handler handler) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = token_of(fd, ++generation_);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll");
    entries_[fd] = {std::make_shared<Handler>(std::move(handler)), generation_};
}

void Loop::change(int fd, std::uint32_t events) {
    const auto found = entries_.find(fd);
    if (found == entries_.end())
        return;
    epoll_event event{};
    event.events = events;
    event.data.u64 = token_of(fd, found->second.generation);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::remove(int fd) {
    if (entries_.erase(fd))
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::dispatch(std::uint64_t token, std::uint32_t events) {
    const auto found = entries_.find(static_cast<int>(token & 0xffffffffu));
    if (found == entries_.end() || found->second.generation != token >> 32)
        return;
    const std::shared_ptr<Handler> handler = found->second.handler; // outlives its own removal
    (*handler)(events);
}

void Loop::turn(int milliseconds) {
    std::array<epoll_event, 64> ready{};
    const int count =
        ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), later_.empty() ? milliseconds : 0);
    for (int i = 0; i < count; ++i)
        dispatch(ready[static_cast<std::size_t>(i)].data.u64, ready[static_cast<std::size_t>(i)].events);
    std::vector<std::function<void()>> work;
    work.swap(later_);
    for (const auto& one : work)
        one();
}

int Loop::run() {
    stopped_ = false;
    while (!stopped_)
        turn(-1);
    return status_;
}

void Loop::stop(int status) {
    stopped_ = true;
    status_ = status;
}

} // namespace amp::virtio
