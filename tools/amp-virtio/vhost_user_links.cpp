// SPDX-License-Identifier: GPL-2.0-only
#include "vhost_user_links.hpp"

#include "run_files.hpp"

#include <amp/virtio/devices/back_end.hpp>
#include <amp/virtio/devices/passing.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

namespace amp::backend {
namespace {

using namespace virtio::vhost_user;
using virtio::OwnedFd;

// A UNIX socket is connected at once or not at all: the listener's program need not do anything for it.
Outcome<OwnedFd> connect_to(const std::string& path) {
    const std::string who = "the vhost-user back end at " + path + ": ";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return Err{who + "the path of a socket has less than " + std::to_string(sizeof(address.sun_path)) + " characters"};
    path.copy(address.sun_path, path.size());
    OwnedFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return Err{failed(who + "socket")};
    if (::connect(socket.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0)
        return socket;
    if (errno == EAGAIN)
        return Err{who + "serves another front end and takes no more connections"};
    const bool absent = errno == ENOENT || errno == ECONNREFUSED;
    return Err{failed(who + "connect") + (absent ? "; start it before the partition" : "")};
}

Outcome<std::vector<Ring>> make_rings(unsigned count) {
    std::vector<Ring> rings(count);
    for (Ring& ring : rings) {
        ring.kick = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        ring.call = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (!ring.kick || !ring.call)
            return Err{failed("eventfd")};
    }
    return rings;
}

bool listen_to(int epoll, int fd, std::uint64_t token) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = token;
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

} // namespace

Outcome<std::unique_ptr<VhostUserLinks>> VhostUserLinks::open(const Config& config) {
    std::unique_ptr<VhostUserLinks> links(new VhostUserLinks());
    for (unsigned i = 0; i < config.devices.size(); ++i) {
        const virtio::DeviceSettings& device = config.devices[i];
        if (device.kind != "vhost-user")
            continue;
        One& one = links->all_.emplace_back();
        one.position = i;
        one.rings = virtio::facts_of(device.type).queues;
        one.name = device.name;
        one.path = device.target;
    }
    if (auto made = links->make_records(); !made)
        return Err{made.error()};
    for (One& one : links->all_)
        if (auto connected = links->connect(one); !connected)
            return Err{one.name + ": " + connected.error()};
    return links;
}

Outcome<Done> VhostUserLinks::make_records() {
    epoll_ = OwnedFd(::epoll_create1(EPOLL_CLOEXEC));
    timer_ = OwnedFd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!epoll_ || !timer_ || !listen_to(epoll_.get(), timer_.get(), ~std::uint64_t{0}))
        return Err{failed("epoll, timerfd")};
    if (all_.empty())
        return Done{};
    void* place = ::mmap(nullptr, all_.size() * sizeof(LinkRecord), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        return Err{failed("mmap")};
    records_ = static_cast<LinkRecord*>(place);
    return Done{};
}

VhostUserLinks::~VhostUserLinks() {
    if (records_)
        ::munmap(records_, all_.size() * sizeof(LinkRecord));
}

Outcome<Done> VhostUserLinks::connect(One& one) {
    auto socket = connect_to(one.path);
    if (!socket)
        return Err{socket.error()};
    auto rings = make_rings(one.rings);
    if (!rings)
        return Err{rings.error()};
    one.line = {++one.lines, std::move(*socket), std::move(*rings)};
    one.connected = Clock::now();
    one.told.clear();
    return Done{};
}

void VhostUserLinks::try_again(One& one) {
    one.due.reset();
    if (auto connected = connect(one); connected) {
        log_(one.name + ": connected to the vhost-user back end at " + one.path + " again");
        give(one);
        return;
    } else if (one.told != connected.error()) {
        one.told = connected.error();
        log_(one.name + ": " + one.told + "; it is tried again every " + std::to_string(Backoff::longest.count() / 1000) +
             " s at most");
    }
    one.due = Clock::now() + one.backoff.after_death(Backoff::Time{0});
}

// To the worker that there is; the next one inherits it.
void VhostUserLinks::give(One& one) {
    if (!one.ours)
        return;
    LinkMessage message{};
    message.kind = LinkMessage::line;
    message.number = one.line.number;
    std::vector<int> fds{one.line.socket.get()};
    for (const Ring& ring : one.line.rings)
        fds.insert(fds.end(), {ring.kick.get(), ring.call.get()});
    if (virtio::send_with(one.ours.get(), std::as_bytes(std::span(&message, 1)), fds, MSG_DONTWAIT) == sizeof(message))
        return;
    log_(failed(one.name + ": the worker does not take the connection"));
    lost(one);
}

void VhostUserLinks::lost(One& one) {
    if (one.line.socket)
        ::shutdown(one.line.socket.get(), SHUT_RDWR);
    one.line = {};
    const auto lived = std::chrono::duration_cast<Backoff::Time>(Clock::now() - one.connected);
    one.due = Clock::now() + one.backoff.after_death(lived);
}

// One at a time, so that a worker that never stops talking keeps nobody waiting.
bool VhostUserLinks::take_word(One& one) {
    LinkMessage message{};
    virtio::Received received = virtio::receive_with(one.ours.get(), std::as_writable_bytes(std::span(&message, 1)), 1, MSG_DONTWAIT);
    if (received.bytes == 0) // its end is closed: SIGCHLD tells the rest
        one.ours.reset();
    if (received.bytes <= 0)
        return false;
    if (received.bytes != sizeof(message) || received.cut)
        return true;
    if (message.kind == LinkMessage::lost && message.number == one.line.number && one.line.number) {
        lost(one);
    } else if (message.kind == LinkMessage::keep && received.fds.size() == 1) {
        Inflight inflight{message.number, std::move(received.fds[0]), message.size, message.offset, message.queues, message.queue_size};
        if (check_inflight(inflight)) // a worker that sends another kind of file has been taken over
            one.inflight = std::move(inflight);
    }
    return true;
}

void VhostUserLinks::work() {
    std::array<epoll_event, 16> ready{};
    const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i)
        if (const std::uint64_t position = ready[static_cast<std::size_t>(i)].data.u64; position < all_.size())
            take_word(all_[position]);
    for (One& one : all_)
        if (one.due && *one.due <= Clock::now())
            try_again(one);
    set_timer();
}

void VhostUserLinks::set_timer() {
    std::optional<Clock::time_point> first;
    for (const One& one : all_)
        if (one.due)
            first = std::min(first.value_or(*one.due), *one.due);
    itimerspec when{};
    if (first) {
        const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(*first - Clock::now()).count();
        const std::int64_t ns = std::max<std::int64_t>(left, 1);
        when.it_value = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

bool VhostUserLinks::prepare_worker() {
    for (One& one : all_) {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
            return false;
        one.ours = OwnedFd(ends[0]);
        one.theirs = OwnedFd(ends[1]);
    }
    return true;
}

void VhostUserLinks::worker_began() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
        all_[i].theirs.reset();
        if (!listen_to(epoll_.get(), all_[i].ours.get(), i))
            log_(failed(all_[i].name + ": epoll"));
    }
}

void VhostUserLinks::worker_ended() {
    for (One& one : all_) {
        while (one.ours && take_word(one)) {} // its last ones
        one.ours.reset();
    }
    set_timer();
}

std::vector<int> VhostUserLinks::descriptors() const {
    std::vector<int> fds;
    for (const One& one : all_) {
        for (const int fd : {one.theirs.get(), one.line.socket.get(), one.inflight.fd.get()})
            if (fd >= 0)
                fds.push_back(fd);
        for (const Ring& ring : one.line.rings)
            fds.insert(fds.end(), {ring.kick.get(), ring.call.get()});
    }
    return fds;
}

std::unique_ptr<Link> VhostUserLinks::workers_end(unsigned position) {
    for (std::size_t i = 0; i < all_.size(); ++i)
        if (all_[i].position == position)
            return std::make_unique<Link>(std::move(all_[i].theirs), records_[i], std::move(all_[i].line), std::move(all_[i].inflight));
    return nullptr;
}

} // namespace amp::backend
