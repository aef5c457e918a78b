// SPDX-License-Identifier: GPL-2.0-only
#include "notify.hpp"

#include "run_files.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace amp::backend {

Outcome<Done> notify_ready() {
    constexpr std::string_view text = "READY=1\nSTATUS=all devices are served\n";
    const char* variable = std::getenv("NOTIFY_SOCKET");
    if (!variable || !*variable)
        return Done{};
    const std::string path = variable;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return Err{"NOTIFY_SOCKET: " + path + " is too long for a socket's name"};
    path.copy(address.sun_path, path.size());
    if (path[0] == '@')
        address.sun_path[0] = '\0'; // an abstract one: its length counts
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    const virtio::OwnedFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (!socket || ::sendto(socket.get(), text.data(), text.size(), MSG_NOSIGNAL, generic, length) < 0)
        return Err{failed("NOTIFY_SOCKET " + path)};
    return Done{};
}

} // namespace amp::backend
