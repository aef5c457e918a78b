// SPDX-License-Identifier: GPL-2.0-only
#include "amp/virtio/devices/passing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

namespace amp::virtio {
namespace {

// All that came along, owned.
std::vector<OwnedFd> take_descriptors(msghdr& message) {
    std::vector<OwnedFd> fds;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
            fds.emplace_back(fd);
        }
    }
    return fds;
}

} // namespace

ssize_t send_with(int socket, std::span<const std::byte> bytes, std::span<const int> fds, int flags) {
    if (fds.size() > passed_most) {
        errno = EINVAL;
        return -1;
    }
    alignas(cmsghdr) std::array<char, CMSG_SPACE(passed_most * sizeof(int))> control{};
    iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (!fds.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        cmsghdr* rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(rights), fds.data(), fds.size_bytes());
    }
    return ::sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

Received receive_with(int socket, std::span<std::byte> to, std::size_t fds_most, int flags) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(passed_most * sizeof(int))> control{};
    iovec piece{to.data(), to.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (fds_most) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(std::min(fds_most, passed_most) * sizeof(int));
    }
    Received received;
    received.bytes = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    if (received.bytes < 0)
        return received;
    const int error = errno;
    received.fds = take_descriptors(message);
    // CMSG_SPACE may have room for one more than was asked for.
    received.cut = (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0 || received.fds.size() > fds_most;
    errno = error;
    return received;
}

} // namespace amp::virtio
