// SPDX-License-Identifier: GPL-2.0-only
#include "fake_module.hpp"

#include <amp/virtio/registers.hpp>

#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

namespace amp::test {

using virtio::OwnedFd;

namespace {

void need(bool holds, const char* what) {
    if (!holds)
        throw std::runtime_error(std::string("fake module: ") + what + ": " + std::strerror(errno));
}

} // namespace

FakeModule::FakeModule(const std::string& socket_path, std::vector<DeviceKind> devices) : path_(socket_path) {
    memory_ = OwnedFd(::memfd_create("ram", MFD_CLOEXEC));
    need(memory_.get() >= 0 && ::ftruncate(memory_.get(), static_cast<off_t>(gpa + ram_size)) == 0, "memory");
    void* mapped = ::mmap(nullptr, ram_size, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), static_cast<off_t>(gpa));
    need(mapped != MAP_FAILED, "mmap");
    ram_ = static_cast<std::byte*>(mapped);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    listener_ = OwnedFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    need(::bind(listener_.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0 &&
             ::listen(listener_.get(), 32) == 0,
         "socket");
    for (const DeviceKind& kind : devices)
        devices_.push_back(Device{kind, {}, false, 0, {}, false, {}, {}, 0, 0});
}

FakeModule::~FakeModule() { ::munmap(ram_, ram_size); }

void FakeModule::pump(int milliseconds) {
    std::vector<pollfd> wanted{{listener_.get(), POLLIN, 0}};
    for (const Device& device : devices_)
        wanted.push_back({device.socket.get(), POLLIN, 0});
    std::vector<std::pair<Device*, int>> calls;
    for (Device& device : devices_)
        for (const auto& [queue, fd] : device.calls) {
            wanted.push_back({fd.get(), POLLIN, 0});
            calls.emplace_back(&device, fd.get());
        }
    if (::poll(wanted.data(), wanted.size(), milliseconds) <= 0)
        return;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        std::uint64_t count = 0;
        if ((wanted[1 + devices_.size() + i].revents & POLLIN) && ::read(calls[i].second, &count, sizeof(count)) > 0)
            calls[i].first->interrupts |= AMP_VIRTIO_USED;
    }
    for (std::size_t i = 0; i < devices_.size(); ++i)
        if (wanted[1 + i].revents)
            take_message(devices_[i]);
    if (wanted[0].revents)
        accept_one();
}

bool FakeModule::until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        pump(5);
    }
    return true;
}

void FakeModule::accept_one() {
    auto socket = std::make_unique<OwnedFd>(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    HelloMessage hello{};
    if (!*socket || !receive_message(socket->get(), hello))
        return;
    if (hello.what == Hello::partition)
        partitions_.push_back(std::move(*socket));
    else if (hello.what == Hello::instance)
        tell_instance(socket->get());
    else if (hello.what == Hello::memory)
        send_message(socket->get(), HelloAnswer{}, memory_.get());
    else
        serve_device(std::move(socket), hello.device);
}

void FakeModule::tell_instance(int socket) {
    InstanceAnswer answer{};
    instance.copy(answer.text, sizeof(answer.text) - 1);
    send_message(socket, answer);
}

void FakeModule::serve_device(std::unique_ptr<OwnedFd> socket, std::uint32_t index) {
    HelloAnswer answer{};
    if (index >= devices_.size()) {
        answer.error = ENOENT;
    } else if (devices_[index].socket) {
        while (devices_[index].socket && take_message(devices_[index])) {} // its end may wait in the socket
        answer.error = devices_[index].socket ? EBUSY : 0;
    }
    if (!answer.error) {
        answer.info.device = index;
        answer.info.device_id = devices_[index].kind.id;
        answer.info.queue_count = devices_[index].kind.queues;
    }
    if (!send_message(socket->get(), answer) || answer.error)
        return;
    Device& device = devices_[index];
    device.socket = std::move(*socket);
    device.run_known = false;
    ++device.connections;
    send_run(device);
}

void FakeModule::send_run(Device& device) {
    device.run_known = false;
    device.run_seq = ++seq_;
    amp_virtio_event event{};
    event.kind = AMP_VIRTIO_RUN;
    event.seq = device.run_seq;
    event.value = run_;
    if (device.socket)
        send_message(device.socket.get(), event);
}

void FakeModule::send_access(Device& device) {
    if (device.socket && device.run_known && device.access && !device.access_sent)
        device.access_sent = send_message(device.socket.get(), device.access->event);
}

void FakeModule::send_up(Device& device) {
    amp_virtio_event event{};
    event.kind = AMP_VIRTIO_UP;
    event.seq = device.run_seq;
    event.value = run_;
    if (device.socket && device.run_known && device.wants_up && up_)
        send_message(device.socket.get(), event);
}

void FakeModule::up() {
    up_ = true;
    for (Device& device : devices_)
        send_up(device);
}

void FakeModule::hang_up(Device& device) {
    device.socket.reset();
    device.run_known = false;
    device.access_sent = false;
    device.kicks.clear();
    device.calls.clear();
}

bool FakeModule::take_message(Device& device) {
    PortMessage message{};
    OwnedFd fd;
    if (!receive_message(device.socket.get(), message, &fd, MSG_DONTWAIT)) {
        if (errno != EAGAIN)
            hang_up(device);
        return false;
    }
    if (message.what == Say::interrupt) {
        device.interrupts |= message.status;
    } else if (message.what == Say::eventfd) {
        const std::uint64_t one = 1;
        if (fd && message.eventfd.what == AMP_VIRTIO_KICK)
            need(::write(fd.get(), &one, sizeof(one)) == sizeof(one), "kick");
        auto& table = message.eventfd.what == AMP_VIRTIO_KICK ? device.kicks : device.calls;
        table.erase(message.eventfd.queue);
        if (fd)
            table.emplace(message.eventfd.queue, std::move(fd));
    } else if (message.reply.kind == AMP_VIRTIO_RUN && message.reply.seq == device.run_seq) {
        device.run_known = true;
        device.wants_up = (message.reply.value & AMP_VIRTIO_TELL_UP) != 0;
        send_up(device);
        send_access(device);
    } else if (device.access && message.reply.kind == AMP_VIRTIO_ACCESS && message.reply.seq == device.access->event.seq) {
        device.access->answer = message.reply.value;
    }
    return true;
}

std::uint64_t FakeModule::do_access(unsigned index, amp_virtio_event event) {
    Device& device = devices_[index];
    event.kind = AMP_VIRTIO_ACCESS;
    event.seq = ++seq_;
    device.access = Access{event, {}};
    device.access_sent = false;
    send_access(device);
    need(until([&] { return device.access->answer.has_value(); }), "no answer to an access");
    const std::uint64_t answer = *device.access->answer;
    device.access.reset();
    return answer;
}

std::uint64_t FakeModule::read(unsigned device, std::uint32_t offset, std::uint32_t width) {
    amp_virtio_event event{};
    event.offset = offset;
    event.width = width;
    return do_access(device, event);
}

void FakeModule::write(unsigned device, std::uint32_t offset, std::uint64_t value, std::uint32_t width) {
    amp_virtio_event event{};
    event.offset = offset;
    event.width = width;
    event.write = 1;
    event.value = value;
    do_access(device, event);
}

void FakeModule::kick(unsigned index, unsigned queue) {
    const std::uint64_t one = 1;
    const auto found = devices_[index].kicks.find(queue);
    if (found != devices_[index].kicks.end()) // else it is signalled when the next worker sets one
        need(::write(found->second.get(), &one, sizeof(one)) == sizeof(one), "kick");
}

std::uint32_t FakeModule::take_interrupt(unsigned device) { return std::exchange(devices_[device].interrupts, 0); }

bool FakeModule::start() {
    ++run_;
    up_ = false;
    for (Device& device : devices_) {
        device.interrupts = 0;
        send_run(device);
    }
    return until([&] {
        for (const Device& device : devices_)
            if (device.socket && !device.run_known)
                return false;
        return true;
    });
}

void FakeModule::destroy() {
    partitions_.clear();
    for (Device& device : devices_)
        hang_up(device);
    listener_.reset();
}

} // namespace amp::test
