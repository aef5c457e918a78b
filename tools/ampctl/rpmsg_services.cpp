// SPDX-License-Identifier: GPL-2.0-only
// From names to sockets. Names of sockets are "<service>.<address>".
#include "rpmsg_services.hpp"

#include "back_end.hpp"
#include "nearest.hpp"
#include "virtio_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace amp::ctl {
namespace {

std::optional<RpmsgService> service_of(const std::string& directory, const std::string& file) {
    const auto dot = file.rfind('.');
    RpmsgService service{file.substr(0, dot), 0, directory + "/" + file};
    const char* end = file.data() + file.size();
    if (dot == std::string::npos || dot == 0 ||
        std::from_chars(file.data() + dot + 1, end, service.address).ptr != end)
        return std::nullopt;
    return service;
}

Error no_such_service(const std::string& partition, const std::string& wanted, const std::vector<RpmsgService>& all) {
    std::vector<std::string> names;
    for (const RpmsgService& one : all)
        names.push_back(one.name);
    const auto guess = nearest(wanted, names);
    return {ExitStatus::not_found, fmt::format("the firmware of {} announced no service \"{}\"", partition, wanted),
            guess           ? fmt::format("did you mean \"{}\"?", *guess)
            : names.empty() ? fmt::format("none was announced yet; `ampctl console {}` may tell why", partition)
                            : fmt::format("there are {}", fmt::join(names, ", "))};
}

} // namespace

Outcome<std::vector<RpmsgService>> rpmsg_services(Context& context, const std::string& partition) {
    const auto state = virtio_state(context, partition);
    const std::vector<VirtioDevice> none;
    const auto& devices = state ? state->devices : none;
    const auto link = std::find_if(devices.begin(), devices.end(), [](const auto& one) { return one.type == "rpmsg"; });
    if (link == devices.end())
        return Err{Error{ExitStatus::not_found, fmt::format("{} has no rpmsg device", partition),
                         "add virtio { link { compatible = \"virtio,rpmsg\"; }; }; to its description"}};
    const std::string directory = run_directory(partition) + "/" + link->name;
    std::vector<RpmsgService> services;
    for (const std::string& file : context.disk.list(directory))
        if (auto service = service_of(directory, file))
            services.push_back(std::move(*service));
    std::sort(services.begin(), services.end(), [](const auto& a, const auto& b) {
        return std::tie(a.name, a.address) < std::tie(b.name, b.address);
    });
    return services;
}

Outcome<FileDescriptor> connect_rpmsg(Context& context, const std::string& partition, const std::string& service) {
    const auto services = rpmsg_services(context, partition);
    if (!services)
        return Err{services.error()};
    const auto found = std::find_if(services->begin(), services->end(), [&](const auto& one) {
        return one.name == service || fmt::format("{}.{}", one.name, one.address) == service;
    });
    if (found == services->end())
        return Err{no_such_service(partition, service, *services)};
    auto socket = context.host.connect_packets(found->path);
    if (!socket)
        return Err{Error{ExitStatus::machine, fmt::format("can't connect to {}: {}", found->path, socket.error()),
                         "`ampctl status` tells whether its back end is there"}};
    return std::move(*socket);
}

} // namespace amp::ctl
