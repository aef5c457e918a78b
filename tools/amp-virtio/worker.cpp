// SPDX-License-Identifier: GPL-2.0-only
#include "worker.hpp"

#include "privileges.hpp"
#include "rpmsg_link.hpp"
#include "run_files.hpp"
#include "served_device.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace amp::backend {
namespace {

// Members go in the reverse order: devices before what they are on.
struct Worker {
    virtio::OwnedFd memory_descriptor; // can only be mapped; vhost-user back ends get it when a guest's driver is there
    virtio::GuestMemory memory;
    virtio::StateFile state;
    virtio::Loop loop;
    std::vector<std::unique_ptr<virtio::vhost_user::Link>> links;
    std::vector<std::unique_ptr<Served>> devices;
};

Outcome<Worker> make_worker(const WorkerStart& start) {
    auto descriptor = start.partition.open_memory();
    if (!descriptor)
        return Err{descriptor.error()};
    auto memory = virtio::GuestMemory::map(descriptor->get(), start.config.memory);
    if (!memory)
        return Err{"the partition's memory: " + memory.error()};
    auto state = virtio::StateFile::map(start.lasting.state.get(), static_cast<unsigned>(start.config.devices.size()));
    if (!state)
        return Err{"the devices' state: " + state.error()};
    auto loop = virtio::Loop::make();
    if (!loop)
        return Err{loop.error()};
    return Worker{std::move(*descriptor), std::move(*memory), std::move(*state), std::move(*loop), {}, {}};
}

Outcome<Done> agrees_with_module(const virtio::DeviceSettings& settings, virtio::DevicePort& port) {
    const auto info = port.info();
    if (!info)
        return Err{settings.name + ": the module: " + std::strerror(info.error())};
    const virtio::TypeFacts facts = virtio::facts_of(settings.type);
    if (info->device_id != facts.device_id || info->queue_count != facts.queues)
        return Err{settings.name + ": the partition's device " + std::to_string(settings.index) + " has id " +
                   std::to_string(info->device_id) + " and " + std::to_string(info->queue_count) + " queues, a " +
                   virtio::name_of(settings.type) + " device has " + std::to_string(facts.device_id) + " and " +
                   std::to_string(facts.queues) + "; virtio.json does not belong to this partition"};
    return Done{};
}

Outcome<std::unique_ptr<Served>> make_served(const virtio::DeviceSettings& settings, std::unique_ptr<virtio::DevicePort> port,
                                             const ServedPlace& place) {
    if (settings.type == virtio::DeviceType::rpmsg)
        return std::unique_ptr<Served>(std::make_unique<RpmsgLink>(settings, std::move(port), place));
    auto device = ServedDevice::open(settings, std::move(port), place);
    if (!device)
        return Err{device.error()};
    return std::unique_ptr<Served>(std::move(*device));
}

Outcome<Done> open_device(Worker& worker, const WorkerStart& start, unsigned position) {
    const virtio::DeviceSettings& settings = start.config.devices[position];
    auto port = start.partition.open_device(settings.index);
    if (!port)
        return Err{settings.name + ": device " + std::to_string(settings.index) + ": " +
                   (port.error() == EBUSY ? "another process serves it" : std::strerror(port.error()))};
    if (auto agrees = agrees_with_module(settings, **port); !agrees)
        return agrees;
    worker.links.push_back(start.lasting.links->workers_end(position));
    auto device = make_served(settings, std::move(*port),
                              {worker.loop, worker.memory, worker.state[position], Reporter(start.reports), position,
                               start.lasting.devices[position].get(), worker.memory_descriptor.get(), worker.links.back().get()});
    if (!device)
        return Err{device.error()};
    worker.devices.push_back(std::move(*device));
    return Done{};
}

// A socket per service of a firmware comes and goes with it.
Sockets sockets_of(const Config& config) {
    const bool link = std::any_of(config.devices.begin(), config.devices.end(),
                                  [](const auto& device) { return device.type == virtio::DeviceType::rpmsg; });
    return link ? Sockets::unix_domain : Sockets::none;
}

// vhost-user back ends get the memory's descriptor whenever a guest's driver is there.
bool passes_memory_on(const Config& config) {
    return std::any_of(config.devices.begin(), config.devices.end(),
                       [](const auto& device) { return device.kind == "vhost-user"; });
}

Outcome<int> serve(const WorkerStart& start) {
    auto made = make_worker(start);
    if (!made)
        return Err{made.error()};
    Worker& worker = *made;
    for (unsigned position = 0; position < start.config.devices.size(); ++position)
        if (auto opened = open_device(worker, start, position); !opened)
            return Err{opened.error()};
    if (!passes_memory_on(start.config))
        worker.memory_descriptor.reset();
    // The partition's descriptor could stop and destroy it: a process that serves a guest has no such thing. State and memory
    // are mapped, so that their descriptors are of no use either.
    start.partition.close();
    ::close(start.lasting.state.get());
    if (auto dropped = give_up_privileges(start.supervisor, sockets_of(start.config)); !dropped)
        return Err{dropped.error()};
    for (auto& device : worker.devices)
        if (auto served = device->serve(); !served)
            return Err{served.error()};
    Reporter(start.reports).ready();
    return worker.loop.run();
}

// Not before the supervisor has it on record, and not after the supervisor's end. The change of user clears the signal, so
// give_up_privileges() asks for it again.
bool may_begin(const WorkerStart& start) {
    std::array<char, 16> word{};
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == start.supervisor &&
           ::recv(start.reports, word.data(), word.size(), 0) == static_cast<ssize_t>(worker_may_begin.size());
}

void take_own_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

} // namespace

void run_worker(const WorkerStart& start) {
    take_own_signals();
    std::vector<int> kept = start.partition.descriptors();
    kept.push_back(start.reports);
    kept.push_back(start.lasting.state.get());
    for (const virtio::OwnedFd& device : start.lasting.devices)
        kept.push_back(device.get());
    for (const int fd : start.lasting.links->descriptors())
        kept.push_back(fd);
    close_all_but(std::move(kept));
    if (!may_begin(start))
        ::_exit(1);
    int status = 1;
    try {
        const auto served = serve(start);
        if (served)
            status = *served;
        else
            Reporter(start.reports).failed(served.error());
    } catch (const std::exception& failure) {
        Reporter(start.reports).failed(failure.what());
    }
    ::_exit(status);
}

} // namespace amp::backend
