// SPDX-License-Identifier: GPL-2.0-only
// What the next worker must know stands in the device's lasting state, as for any virtio device: run, and DRIVER_OK once the
// firmware has its vrings, or DEVICE_NEEDS_RESET once it broke them.
#include "rpmsg_link.hpp"

#include <amp/abi/rpmsg.h>
#include <amp/virtio/layout.hpp>

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace amp::backend {
namespace {

rpmsg::Translate translate(const virtio::GuestMemory& memory) {
    return [&memory](std::uint64_t gpa, std::uint64_t size) -> std::span<std::byte> {
        std::byte* at = memory.at(gpa, size);
        return at == nullptr ? std::span<std::byte>() : std::span(at, size);
    };
}

} // namespace

RpmsgLink::RpmsgLink(const virtio::DeviceSettings& settings, std::unique_ptr<virtio::DevicePort> port, const ServedPlace& place)
    : name_(settings.name), port_(std::move(port)), place_(place),
      endpoints_(
          place.loop, place.lasting,
          [reporter = place.reporter, name = settings.name](const std::string& text) { reporter.log(name + ": " + text); },
          [this](std::uint32_t source, std::uint32_t destination, std::span<const std::byte> data) {
              return host_.send(source, destination, data);
          }),
      host_(translate(place.memory), {settings.table_gpa, settings.table_size, settings.buffers_gpa},
            {[this](const std::string& service, std::uint32_t address, bool created) {
                 endpoints_.announced(service, address, created);
             },
             [this](const rpmsg::Message& message) { endpoints_.deliver(message); },
             [this] { port_->interrupt(AMP_VIRTIO_USED); }}) {}

RpmsgLink::~RpmsgLink() {
    place_.loop.remove(port_->descriptor());
    for (const virtio::OwnedFd& kick : kicks_)
        place_.loop.remove(kick.get());
}

Outcome<Done> RpmsgLink::serve() {
    place_.loop.add(port_->descriptor(), EPOLLIN, [this](std::uint32_t) { take_event(); });
    for (unsigned queue = 0; queue < AMP_RPMSG_VRINGS; ++queue) {
        virtio::OwnedFd kick(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (!kick)
            return Err{name_ + ": eventfd: " + std::strerror(errno)};
        place_.loop.add(kick.get(), EPOLLIN, [this, queue](std::uint32_t) { kicked(queue); });
        if (const int error = port_->set_eventfd(AMP_VIRTIO_KICK, queue, kick.get()))
            return Err{name_ + ": the module's eventfd: " + std::strerror(error)};
        kicks_.push_back(std::move(kick));
    }
    return Done{};
}

void RpmsgLink::take_event() {
    const auto event = port_->next_event();
    if (!event) {
        place_.loop.stop(0);
        return;
    }
    if (!event.value())
        return;
    const amp_virtio_event& taken = *event.value();
    if (taken.kind == AMP_VIRTIO_RUN)
        begin_run(taken.value);
    else if (taken.kind == AMP_VIRTIO_UP)
        firmware_is_up(taken.value);
    // Registers read as zero. The vrings wait until the firmware with its table is loaded.
    port_->reply({taken.kind, taken.seq, taken.kind == AMP_VIRTIO_RUN ? std::uint64_t{AMP_VIRTIO_TELL_UP} : 0});
    report_change();
}

// When this returns, nothing touches what the run before had.
void RpmsgLink::begin_run(std::uint64_t run) {
    host_.forget();
    if (place_.state.run == run && place_.state.status != 0) {
        endpoints_.recover();
        return;
    }
    place_.state.status = 0;
    place_.state.run = run;
    endpoints_.recover(); // so that they can be removed
    endpoints_.clear();
}

void RpmsgLink::firmware_is_up(std::uint64_t run) {
    if (place_.state.run == run && place_.state.status & virtio::status::needs_reset)
        return; // the firmware broke the rings in this run; only its next start mends that
    const bool before = place_.state.run == run && place_.state.status & virtio::status::driver_ok;
    if (const auto error = before ? host_.resume() : host_.start()) {
        broken(*error);
        return;
    }
    place_.state.status = virtio::status::driver_ok;
    poll();
}

void RpmsgLink::kicked(unsigned queue) {
    std::uint64_t count = 0;
    if (::read(kicks_[queue].get(), &count, sizeof(count)) == sizeof(count))
        poll();
    report_change();
}

void RpmsgLink::poll() {
    if (const auto error = host_.poll()) {
        broken(*error);
        return;
    }
    if (host_.can_send())
        endpoints_.room();
    if (host_.pending())
        place_.loop.later([this] { poll(); });
}

void RpmsgLink::broken(const std::string& why) {
    place_.reporter.log(name_ + ": " + why);
    place_.state.status = virtio::status::needs_reset;
    host_.forget();
    endpoints_.clear();
}

// What could not be told now is told with the next event.
void RpmsgLink::report_change() {
    DeviceState now;
    now.queues_ready = host_.running() ? AMP_RPMSG_VRINGS : 0;
    now.driver_ok = host_.running();
    if (now != reported_ && place_.reporter.device(place_.position, now))
        reported_ = now;
}

} // namespace amp::backend
