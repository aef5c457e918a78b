// SPDX-License-Identifier: GPL-2.0-only
#include "vhost_user_connection.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace amp::virtio::vhost_user {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t fds_most = regions_max;

std::string with_errno(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

std::string of(Request request) { return " (request " + std::to_string(static_cast<std::uint32_t>(request)) + ")"; }

// The descriptors that came along, all owned.
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

Outcome<Connection> Connection::open(const std::string& path) {
    Connection connection(OwnedFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (!connection.socket_)
        return connection.error(with_errno("socket"));
    if (path.size() >= sizeof(address.sun_path))
        return connection.error("the path of a socket has less than " + std::to_string(sizeof(address.sun_path)) + " characters");
    path.copy(address.sun_path, path.size());
    if (::connect(connection.socket_.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0)
        return connection;
    if (errno == EAGAIN)
        return connection.error("serves another front end and takes no more connections");
    return connection.error(with_errno("connect") + (errno == ENOENT || errno == ECONNREFUSED ? "; start it before the partition" : ""));
}

Outcome<Done> Connection::set(Request request, std::span<const std::byte> bytes, std::span<const int> fds) {
    if (auto sent = send(request, acknowledges_ ? need_reply : 0, bytes, fds); !sent || !acknowledges_)
        return sent;
    std::uint64_t result = 0;
    auto answer = receive(request, sizeof(result), sizeof(result));
    if (!answer)
        return Err{answer.error()};
    std::memcpy(&result, answer->bytes.data(), sizeof(result));
    if (result)
        return error("refuses" + of(request) + " with " + std::to_string(result));
    return Done{};
}

Outcome<Answer> Connection::get(Request request, std::span<const std::byte> bytes, std::size_t least, std::size_t most) {
    if (auto sent = send(request, 0, bytes, {}); !sent)
        return Err{sent.error()};
    return receive(request, least, most);
}

Outcome<Done> Connection::send(Request request, std::uint32_t flags, std::span<const std::byte> bytes, std::span<const int> fds) {
    const Header header{static_cast<std::uint32_t>(request), version | flags, static_cast<std::uint32_t>(bytes.size())};
    std::vector<std::byte> all(sizeof(header) + bytes.size());
    std::memcpy(all.data(), &header, sizeof(header));
    std::copy(bytes.begin(), bytes.end(), all.begin() + sizeof(header));
    alignas(cmsghdr) std::array<char, CMSG_SPACE(fds_most * sizeof(int))> control{};
    const auto end = Clock::now() + patience;
    for (std::size_t done = 0; done < all.size();) {
        iovec piece{all.data() + done, all.size() - done};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        if (done == 0 && !fds.empty()) { // with the first byte
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(fds.size_bytes());
            cmsghdr* rights = CMSG_FIRSTHDR(&message);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(fds.size_bytes());
            std::memcpy(CMSG_DATA(rights), fds.data(), fds.size_bytes());
        }
        const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EINTR) {
            if (auto waited = wait_for(POLLOUT, end); !waited)
                return waited;
        } else {
            return error(with_errno("send") + of(request));
        }
    }
    return Done{};
}

Outcome<Answer> Connection::receive(Request request, std::size_t least, std::size_t most) {
    const auto end = Clock::now() + patience;
    Header header{};
    Answer answer;
    if (auto received = receive_bytes(std::as_writable_bytes(std::span(&header, 1)), answer.fd, end); !received)
        return Err{received.error() + of(request)};
    if (header.request != static_cast<std::uint32_t>(request) || (header.flags & version_mask) != version || !(header.flags & is_reply))
        return error("answers" + of(request) + " with message " + std::to_string(header.request) + ", flags " +
                     std::to_string(header.flags));
    if (header.size < least || header.size > most)
        return error("answers" + of(request) + " with " + std::to_string(header.size) + " bytes");
    answer.bytes.resize(header.size);
    if (auto received = receive_bytes(answer.bytes, answer.fd, end); !received)
        return Err{received.error() + of(request)};
    return answer;
}

Outcome<Done> Connection::receive_bytes(std::span<std::byte> to, OwnedFd& fd, Clock::time_point end) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(fds_most * sizeof(int))> control{};
    while (!to.empty()) {
        iovec piece{to.data(), to.size()};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t received = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
        if (received == 0)
            return error("closed the connection");
        if (received < 0 && errno != EAGAIN && errno != EINTR)
            return error(with_errno("receive"));
        if (received < 0) {
            if (auto waited = wait_for(POLLIN, end); !waited)
                return waited;
            continue;
        }
        std::vector<OwnedFd> fds = take_descriptors(message);
        if ((message.msg_flags & MSG_CTRUNC) || fds.size() + (fd ? 1 : 0) > 1)
            return error("sends more descriptors than the answer has");
        if (!fds.empty())
            fd = std::move(fds[0]);
        to = to.subspan(static_cast<std::size_t>(received));
    }
    return Done{};
}

Outcome<Done> Connection::wait_for(short events, Clock::time_point end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd one{socket_.get(), events, 0};
    if (left <= 0 || ::poll(&one, 1, static_cast<int>(left)) == 0)
        return error("does not answer within " + std::to_string(patience.count()) + " s");
    return Done{};
}

} // namespace amp::virtio::vhost_user
