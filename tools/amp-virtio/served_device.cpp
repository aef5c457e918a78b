// SPDX-License-Identifier: GPL-2.0-only
#include "served_device.hpp"

#include "run_files.hpp"

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace amp::backend {

using virtio::OwnedFd;

Outcome<std::unique_ptr<ServedDevice>> ServedDevice::open(const virtio::DeviceSettings& settings,
                                                          std::unique_ptr<virtio::DevicePort> port, const ServedPlace& place) {
    std::unique_ptr<ServedDevice> device(new ServedDevice(settings, std::move(port), place));
    const Reporter reporter = place.reporter;
    auto back_end = virtio::open_back_end(
        settings, {place.loop, *device->port_, place.memory, [reporter](const std::string& text) { reporter.log(text); },
                   place.lasting, place.memory_descriptor, place.link});
    if (!back_end)
        return Err{back_end.error()};
    device->back_end_ = std::move(*back_end);
    device->transport_ =
        std::make_unique<virtio::Transport>(place.memory, place.state, *device->back_end_, static_cast<Guest&>(*device));
    device->told_broken_.resize(device->back_end_->queue_count());
    return device;
}

ServedDevice::~ServedDevice() {
    place_.loop.remove(port_->descriptor());
    for (const OwnedFd& kick : kicks_)
        place_.loop.remove(kick.get());
}

Outcome<Done> ServedDevice::serve() {
    place_.loop.add(port_->descriptor(), EPOLLIN, [this](std::uint32_t) { take_event(); });
    if (!back_end_->takes_kicks())
        for (unsigned queue = 0; queue < back_end_->queue_count(); ++queue)
            if (auto added = add_kick(queue); !added)
                return added;
    return Done{};
}

Outcome<Done> ServedDevice::add_kick(unsigned queue) {
    OwnedFd kick(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!kick)
        return Err{failed(settings_.name + ": eventfd")};
    place_.loop.add(kick.get(), EPOLLIN, [this, queue](std::uint32_t) { kicked(queue); });
    if (const int error = port_->set_eventfd(AMP_VIRTIO_KICK, queue, kick.get()))
        return Err{settings_.name + ": the module's eventfd: " + std::strerror(error)};
    kicks_.push_back(std::move(kick));
    return Done{};
}

void ServedDevice::take_event() {
    const auto event = port_->next_event();
    if (!event) { // the partition is gone; the supervisor sees it, too
        place_.loop.stop(0);
        return;
    }
    if (event.value())
        answer(*event.value());
}

void ServedDevice::answer(const amp_virtio_event& event) {
    amp_virtio_reply reply{event.kind, event.seq, 0};
    if (event.kind == AMP_VIRTIO_RUN)
        transport_->begin_run(event.value);
    else if (event.kind == AMP_VIRTIO_ACCESS && event.write)
        transport_->write(event.offset, event.width, event.value);
    else if (event.kind == AMP_VIRTIO_ACCESS)
        reply.value = transport_->read(event.offset, event.width);
    port_->reply(reply); // ESTALE: the guest does not wait any more
    report_change();
}

void ServedDevice::kicked(unsigned queue) {
    std::uint64_t count = 0;
    if (::read(kicks_[queue].get(), &count, sizeof(count)) == sizeof(count)) {
        transport_->notified(queue);
        report_change();
    }
}

void ServedDevice::used(unsigned) { port_->interrupt(AMP_VIRTIO_USED); }
// Also how a queue's end is told: a back end may find it at a time of its own, and a driver that never looks must not hide it.
void ServedDevice::config_changed() {
    port_->interrupt(AMP_VIRTIO_CONFIG);
    report_change();
}

void ServedDevice::report_change() {
    DeviceState now;
    for (unsigned queue = 0; queue < back_end_->queue_count(); ++queue) {
        now.queues_ready += place_.state.queues[queue].ready ? 1 : 0;
        const virtio::QueueError error = transport_->queue_error(queue);
        const bool broken = error != virtio::QueueError::none;
        if (broken && !told_broken_[queue])
            place_.reporter.log(settings_.name + ": queue " + std::to_string(queue) + " is broken: " + virtio::to_text(error));
        told_broken_[queue] = broken;
    }
    now.driver_ok = place_.state.status & virtio::status::driver_ok;
    if (now != reported_ && place_.reporter.device(place_.position, now))
        reported_ = now;
}

} // namespace amp::backend
