// SPDX-License-Identifier: GPL-2.0-only
#include "vhost_user.hpp"

#include "vhost_calls.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace amp::virtio::vhost_user {
namespace {

constexpr std::uint64_t wanted_protocol = protocol_feature::reply_ack | protocol_feature::net_mtu |
                                         protocol_feature::config;

std::uint64_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Without those borders where memory goes on both here and for the guest: the table has few places.
std::vector<MemoryRegion> merged(std::span<const MemoryRegion> regions) {
    std::vector<MemoryRegion> result;
    for (const MemoryRegion& region : regions) {
        MemoryRegion* last = result.empty() ? nullptr : &result.back();
        if (last && last->gpa + last->size == region.gpa && last->base + last->size == region.base)
            last->size += region.size;
        else
            result.push_back(region);
    }
    return result;
}

} // namespace

Outcome<FrontEnd> FrontEnd::open(const std::string& path, const Surroundings& surroundings, unsigned queues) {
    auto connection = Connection::open(path);
    if (!connection)
        return Err{connection.error()};
    FrontEnd front_end(std::move(*connection), surroundings, queues);
    if (auto agreed = front_end.agree(); !agreed)
        return Err{agreed.error()};
    return front_end;
}

Outcome<std::uint64_t> FrontEnd::get_number(Request request) {
    std::uint64_t value = 0;
    auto answer = connection_.get(request, {}, sizeof(value), sizeof(value));
    if (!answer)
        return Err{answer.error()};
    std::memcpy(&value, answer->bytes.data(), sizeof(value));
    return value;
}

Outcome<Done> FrontEnd::agree() {
    auto features = get_number(Request::get_features);
    if (!features)
        return Err{features.error()};
    features_ = *features;
    if (!(features_ & feature::version_1))
        return connection_.error("lacks VIRTIO_F_VERSION_1");
    if (features_ & has_protocol_features) {
        auto offered = get_number(Request::get_protocol_features);
        if (!offered)
            return Err{offered.error()};
        protocol_features_ = *offered & wanted_protocol;
        if (auto chosen = set(Request::set_protocol_features, protocol_features_); !chosen)
            return chosen;
        if (has(protocol_feature::reply_ack))
            connection_.use_acknowledgements();
    }
    return connection_.set(Request::set_owner, {});
}

// Throws from the loop, which ends the worker: it may connect no more, and the next one does.
void FrontEnd::watch(Loop& loop) {
    loop.add(connection_.descriptor(), EPOLLRDHUP, [this](std::uint32_t) {
        throw std::runtime_error(connection_.error("closed the connection").error);
    });
}

Outcome<Done> FrontEnd::share_memory() {
    const std::vector<MemoryRegion> regions = merged(memory_->regions());
    if (regions.size() > regions_max)
        return connection_.error("a back end takes " + std::to_string(regions_max) + " pieces of memory, and the partition has " +
                                 std::to_string(regions.size()));
    MemoryTable table{};
    for (const MemoryRegion& region : regions)
        table.regions[table.count++] = {region.gpa, region.size, address_of(region.base), region.gpa};
    const std::vector<int> fds(regions.size(), memory_fd_);
    const std::size_t size = offsetof(MemoryTable, regions) + regions.size() * sizeof(Region);
    return connection_.set(Request::set_mem_table, std::as_bytes(std::span(&table, 1)).first(size), fds);
}

Outcome<Done> FrontEnd::start(Session& session, DevicePort& port) {
    const std::uint64_t features = session.features() & features_;
    if (auto chosen = set(Request::set_features, features | (features_ & has_protocol_features)); !chosen)
        return chosen;
    if (auto shared = share_memory(); !shared)
        return shared;
    for (unsigned i = 0; i < queues_.size(); ++i) {
        virtio::Queue* queue = session.queue(i);
        if (!queue)
            return connection_.error("queue " + std::to_string(i) + " is not there; the driver did not set it up");
        if (auto started = start_queue(queue->raw(), i, port); !started)
            return started;
    }
    return Done{};
}

Outcome<Done> FrontEnd::start_queue(const RawQueue& raw, unsigned queue, DevicePort& port) {
    Queue& fds = queues_[queue];
    fds.kick = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    fds.call = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fds.kick || !fds.call)
        return Err{std::string("eventfd: ") + std::strerror(errno)};
    for (const auto& [what, fd] : {std::pair{AMP_VIRTIO_CALL, fds.call.get()}, std::pair{AMP_VIRTIO_KICK, fds.kick.get()}})
        if (const int error = port.set_eventfd(what, queue, fd))
            return Err{"the module's eventfds of queue " + std::to_string(queue) + ": " + std::strerror(error)};
    vhost_vring_addr address{};
    address.index = queue;
    address.desc_user_addr = address_of(raw.desc_here);
    address.avail_user_addr = address_of(raw.driver_here);
    address.used_user_addr = address_of(raw.device_here);
    const int call = fds.call.get(), kick = fds.kick.get();
    const std::uint64_t index = queue;
    if (auto done = set(Request::set_vring_num, vhost_vring_state{queue, raw.size}); !done)
        return done;
    if (auto done = set(Request::set_vring_base, vhost_vring_state{queue, raw.next_available}); !done)
        return done;
    if (auto done = set(Request::set_vring_addr, address); !done)
        return done;
    if (auto done = set(Request::set_vring_call, index, std::span(&call, 1)); !done)
        return done;
    if (auto done = set(Request::set_vring_kick, index, std::span(&kick, 1)); !done)
        return done;
    if (features_ & has_protocol_features) // without it a ring is enabled from the start
        return set(Request::set_vring_enable, vhost_vring_state{queue, 1});
    return Done{};
}

void FrontEnd::stop_queue(unsigned queue, DevicePort& port) {
    if (queue >= queues_.size() || !queues_[queue].kick)
        return;
    const vhost_vring_state which{queue, 0};
    if (features_ & has_protocol_features)
        if (auto done = set(Request::set_vring_enable, which); !done)
            throw std::runtime_error(done.error());
    // Its answer says that the ring is stopped.
    auto answer = connection_.get(Request::get_vring_base, std::as_bytes(std::span(&which, 1)), sizeof(which), sizeof(which));
    if (!answer)
        throw std::runtime_error(answer.error());
    port.set_eventfd(AMP_VIRTIO_KICK, queue, -1);
    port.set_eventfd(AMP_VIRTIO_CALL, queue, -1);
    queues_[queue] = {};
}

void FrontEnd::kick(unsigned queue) {
    const std::uint64_t one = 1;
    if (queue < queues_.size() && queues_[queue].kick)
        static_cast<void>(::write(queues_[queue].kick.get(), &one, sizeof(one))); // full: it has been kicked
}

} // namespace amp::virtio::vhost_user
