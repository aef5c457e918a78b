// SPDX-License-Identifier: GPL-2.0-only
#include "vhost.hpp"
#include "vhost_calls.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace amp::virtio {
namespace {

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

std::uint64_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

} // namespace

template <typename T> bool Vhost::call(unsigned long request, T& argument) {
    return ::ioctl(fd_.get(), request, &argument) == 0;
}

Outcome<Vhost> Vhost::open(const char* node, const char* module, const GuestMemory& memory) {
    Vhost vhost(OwnedFd(::open(node, O_RDWR | O_CLOEXEC | O_NONBLOCK)));
    if (!vhost.fd_)
        return Err{failed(node) + (errno == ENOENT || errno == ENODEV ? std::string("; modprobe ") + module : "")};
    if (::ioctl(vhost.fd_.get(), VHOST_SET_OWNER) != 0 || !vhost.call(VHOST_GET_FEATURES, vhost.features_))
        return Err{failed(node)};
    if (!(vhost.features_ & feature::version_1))
        return Err{std::string(node) + ": this kernel's vhost lacks VIRTIO_F_VERSION_1"};
    if (auto shared = vhost.share(memory); !shared)
        return Err{std::string(node) + ": " + shared.error()};
    return vhost;
}

std::uint64_t Vhost::ring_features() const { return features_ & (feature::indirect_desc | feature::event_idx); }

Outcome<Done> Vhost::share(const GuestMemory& memory) {
    const auto regions = memory.regions();
    std::vector<std::uint64_t> table((sizeof(vhost_memory) + regions.size() * sizeof(vhost_memory_region)) / 8);
    auto* head = static_cast<vhost_memory*>(static_cast<void*>(table.data()));
    head->nregions = static_cast<std::uint32_t>(regions.size());
    for (std::size_t i = 0; i < regions.size(); ++i)
        head->regions[i] = {regions[i].gpa, regions[i].size, address_of(regions[i].base), 0};
    if (!call(VHOST_SET_MEM_TABLE, *head))
        return Err{failed("VHOST_SET_MEM_TABLE")};
    return Done{};
}

Outcome<Done> Vhost::prepare(Session& session, unsigned queues, Loop& loop, DevicePort& port, const Refused& refused) {
    loop_ = &loop;
    port_ = &port;
    std::uint64_t features = session.features() & features_;
    if (!call(VHOST_SET_FEATURES, features))
        return Err{failed("VHOST_SET_FEATURES")};
    eventfds_.resize(queues);
    for (unsigned i = 0; i < queues; ++i) {
        Queue* queue = session.queue(i);
        if (!queue)
            return Err{"the driver did not set up queue " + std::to_string(i)};
        if (auto prepared = prepare_queue(queue->raw(), i, refused); !prepared)
            return prepared;
    }
    return Done{};
}

Outcome<Done> Vhost::prepare_queue(const RawQueue& raw, unsigned queue, const Refused& refused) {
    vhost_vring_state size{queue, raw.size}, base{queue, raw.next_available};
    vhost_vring_addr address{};
    address.index = queue;
    address.desc_user_addr = address_of(raw.desc_here);
    address.avail_user_addr = address_of(raw.driver_here);
    address.used_user_addr = address_of(raw.device_here);
    if (!call(VHOST_SET_VRING_NUM, size) || !call(VHOST_SET_VRING_BASE, base) || !call(VHOST_SET_VRING_ADDR, address))
        return Err{failed("vhost's queue " + std::to_string(queue))};
    Eventfds& fds = eventfds_[queue];
    fds.kick = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    fds.call = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    fds.error = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    vhost_vring_file kick{queue, fds.kick.get()}, call_file{queue, fds.call.get()}, error_file{queue, fds.error.get()};
    if (!fds.kick || !fds.call || !fds.error || !call(VHOST_SET_VRING_CALL, call_file) || !call(VHOST_SET_VRING_ERR, error_file) ||
        !call(VHOST_SET_VRING_KICK, kick))
        return Err{failed("vhost's eventfds of queue " + std::to_string(queue))};
    loop_->add(fds.error.get(), EPOLLIN, [refused, queue](std::uint32_t) { refused(queue); });
    for (const auto& [what, fd] : {std::pair{AMP_VIRTIO_CALL, fds.call.get()}, std::pair{AMP_VIRTIO_KICK, fds.kick.get()}})
        if (const int error = port_->set_eventfd(what, queue, fd))
            return Err{"the module's eventfds of queue " + std::to_string(queue) + ": " + std::strerror(error)};
    return Done{};
}

void Vhost::stop_queue(unsigned queue) {
    if (queue >= eventfds_.size() || !eventfds_[queue].kick)
        return;
    // GET_VRING_BASE takes the queue's lock, so what vhost was doing to it is over.
    vhost_vring_file none{queue, -1};
    vhost_vring_state base{queue, 0};
    call(VHOST_SET_VRING_KICK, none);
    call(VHOST_GET_VRING_BASE, base);
    call(VHOST_SET_VRING_CALL, none);
    call(VHOST_SET_VRING_ERR, none);
    port_->set_eventfd(AMP_VIRTIO_KICK, queue, -1);
    port_->set_eventfd(AMP_VIRTIO_CALL, queue, -1);
    if (eventfds_[queue].error)
        loop_->remove(eventfds_[queue].error.get());
    eventfds_[queue] = {};
}

} // namespace amp::virtio
