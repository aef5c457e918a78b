// SPDX-License-Identifier: GPL-2.0-only
// The socket to a vhost-user back end: one message out, where there is one its answer in. A back end's answers are foreign input:
// size, number and descriptors are checked, and none is waited for longer than five seconds.
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"
#include "vhost_user_protocol.hpp"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace amp::virtio::vhost_user {

struct Answer {
    std::vector<std::byte> bytes;
    OwnedFd fd; // the only one that came along
};

class Connection {
public:
    // Errors name the socket.
    static Outcome<Connection> open(const std::string& path);

    [[nodiscard]] int descriptor() const { return socket_.get(); }
    // Whether from now on the back end says of each set() if it did it.
    void use_acknowledgements() { acknowledges_ = true; }

    // A message that has no answer but an acknowledgement.
    Outcome<Done> set(Request request, std::span<const std::byte> bytes, std::span<const int> fds = {});
    // The answer has between `least` and `most` bytes.
    Outcome<Answer> get(Request request, std::span<const std::byte> bytes, std::size_t least, std::size_t most);

    // What went wrong, with the socket's name before it.
    [[nodiscard]] Err<std::string> error(const std::string& what) const { return Err{"the vhost-user back end at " + path_ + ": " + what}; }

private:
    using Clock = std::chrono::steady_clock;

    Connection(OwnedFd socket, std::string path) : socket_(std::move(socket)), path_(std::move(path)) {}
    Outcome<Done> send(Request request, std::uint32_t flags, std::span<const std::byte> bytes, std::span<const int> fds);
    Outcome<Answer> receive(Request request, std::size_t least, std::size_t most);
    Outcome<Done> receive_bytes(std::span<std::byte> to, OwnedFd& fd, Clock::time_point end);
    Outcome<Done> wait_for(short events, Clock::time_point end);

    OwnedFd socket_;
    std::string path_;
    bool acknowledges_ = false;
};

} // namespace amp::virtio::vhost_user
