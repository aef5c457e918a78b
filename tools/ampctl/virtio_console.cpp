// SPDX-License-Identifier: GPL-2.0-only
// From a name to an open terminal.
#include "virtio_console.hpp"

#include "back_end.hpp"
#include "nearest.hpp"
#include "virtio_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amp::ctl {
namespace {

constexpr std::string_view socket_prefix = "unix:";

Error no_such_console(const std::string& partition, const std::string& device, const std::optional<VirtioState>& state) {
    std::vector<std::string> consoles;
    for (const VirtioDevice& one : state ? state->devices : std::vector<VirtioDevice>())
        if (one.type == "console")
            consoles.push_back(one.name);
    std::string remedy = "it has no virtio console; `ampctl status` shows its devices";
    if (const auto guess = nearest(device, consoles))
        remedy = fmt::format("did you mean \"{}\"?", *guess);
    else if (!consoles.empty())
        remedy = fmt::format("it has {}", fmt::join(consoles, ", "));
    return {ExitStatus::not_found, fmt::format("{} has no virtio console \"{}\"", partition, device), remedy};
}

} // namespace

Outcome<FileDescriptor> open_virtio_console(Context& context, const std::string& partition, const std::string& device) {
    const auto state = virtio_state(context, partition);
    const std::vector<VirtioDevice> none;
    const auto& devices = state ? state->devices : none;
    const auto found = std::find_if(devices.begin(), devices.end(), [&](const auto& one) { return one.name == device; });
    if (found == devices.end() || found->type != "console")
        return Err{no_such_console(partition, device, state)};
    if (found->backend.starts_with(socket_prefix))
        return Err{Error{ExitStatus::machine, fmt::format("{} of {} is a socket, no terminal", device, partition),
                         fmt::format("connect to {} by another program", found->backend.substr(socket_prefix.size()))}};
    if (!state->supervisor)
        return Err{Error{ExitStatus::machine, fmt::format("nobody serves {} of {}", device, partition),
                         fmt::format("the next `ampctl start {}` runs its back end", partition)}};
    const std::string path = run_directory(partition) + "/" + device;
    auto terminal = context.host.open_terminal(path);
    if (!terminal)
        return Err{Error{ExitStatus::machine, fmt::format("can't open {}: {}", path, terminal.error()),
                         "`ampctl status` tells whether its back end is ready"}};
    return std::move(*terminal);
}

} // namespace amp::ctl
