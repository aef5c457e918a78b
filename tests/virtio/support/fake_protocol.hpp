// SPDX-License-Identifier: GPL-2.0-only
// What FakePartition and FakeModule say to each other: one message per datagram, a descriptor with it where one belongs to it.
#ifndef AMP_TESTS_VIRTIO_FAKE_PROTOCOL_HPP
#define AMP_TESTS_VIRTIO_FAKE_PROTOCOL_HPP

#include <amp/abi/ioctl.h>
#include <amp/virtio/owned_fd.hpp>

#include <cstdint>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>
#include <type_traits>

namespace amp::test {

enum class Hello : unsigned { partition, memory, device, instance };
struct HelloMessage {
    Hello what;
    std::uint32_t device;
};
struct InstanceAnswer {
    char text[32];
};
struct HelloAnswer { // with the memory's descriptor where that was asked for
    int error;
    amp_virtio_info info;
};

enum class Say : unsigned { reply, eventfd, interrupt };
struct PortMessage { // from the worker; eventfd: with the descriptor, or none to forget it
    Say what;
    std::uint32_t status;
    amp_virtio_reply reply;
    amp_virtio_eventfd eventfd;
};

template <typename T> bool send_message(int socket, const T& message, int fd = -1) {
    static_assert(std::is_trivially_copyable_v<T>);
    T copy = message;
    iovec piece{&copy, sizeof(copy)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    if (fd >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof(control);
        cmsghdr* first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(first), &fd, sizeof(fd));
    }
    return ::sendmsg(socket, &header, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof(T));
}

template <typename T> bool receive_message(int socket, T& message, virtio::OwnedFd* fd = nullptr, int flags = 0) {
    iovec piece{&message, sizeof(message)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    if (::recvmsg(socket, &header, flags | MSG_CMSG_CLOEXEC) != static_cast<ssize_t>(sizeof(T)))
        return false;
    const cmsghdr* first = CMSG_FIRSTHDR(&header);
    if (fd && first && first->cmsg_type == SCM_RIGHTS) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(first), sizeof(number));
        *fd = virtio::OwnedFd(number);
    }
    return true;
}

} // namespace amp::test

#endif
