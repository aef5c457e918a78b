// SPDX-License-Identifier: GPL-2.0-only
#include "fake_partition.hpp"

#include "fake_protocol.hpp"

#include <cerrno>
#include <sys/un.h>

namespace amp::test {
namespace {

using virtio::OwnedFd;

OwnedFd connect_to(const std::string& path, const HelloMessage& hello) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    OwnedFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) != 0 ||
        !send_message(socket.get(), hello))
        return {};
    return socket;
}

class FakePort final : public virtio::DevicePort {
public:
    FakePort(OwnedFd socket, const amp_virtio_info& info) : socket_(std::move(socket)), info_(info) {}

    [[nodiscard]] int descriptor() const override { return socket_.get(); }
    Result<amp_virtio_info, int> info() override { return info_; }
    Result<std::optional<amp_virtio_event>, int> next_event() override {
        amp_virtio_event event{};
        if (receive_message(socket_.get(), event, nullptr, MSG_DONTWAIT))
            return std::optional(event);
        if (errno == EAGAIN)
            return std::optional<amp_virtio_event>();
        return Err{ENODEV};
    }
    int reply(const amp_virtio_reply& reply) override { return say({Say::reply, 0, reply, {}}); }
    int set_eventfd(std::uint32_t what, std::uint32_t queue, int fd) override {
        return say({Say::eventfd, 0, {}, {fd, what, queue, 0}}, fd);
    }
    int interrupt(std::uint32_t status) override { return say({Say::interrupt, status, {}, {}}); }

private:
    int say(const PortMessage& message, int fd = -1) { return send_message(socket_.get(), message, fd) ? 0 : errno; }

    OwnedFd socket_;
    amp_virtio_info info_;
};

class FakePartition final : public backend::Partition {
public:
    FakePartition(std::string path, OwnedFd socket) : path_(std::move(path)), socket_(std::move(socket)) {}

    [[nodiscard]] int descriptor() const override { return socket_.get(); }
    backend::Outcome<std::string> instance() override {
        const OwnedFd socket = connect_to(path_, {Hello::instance, 0});
        InstanceAnswer answer{};
        if (!socket || !receive_message(socket.get(), answer))
            return Err{std::string("no instance")};
        return std::string(answer.text);
    }
    backend::Outcome<OwnedFd> open_memory() override {
        const OwnedFd socket = connect_to(path_, {Hello::memory, 0});
        OwnedFd memory;
        HelloAnswer answer{};
        if (!socket || !receive_message(socket.get(), answer, &memory) || !memory)
            return Err{std::string("no memory")};
        return memory;
    }
    Result<std::unique_ptr<virtio::DevicePort>, int> open_device(unsigned index) override {
        OwnedFd socket = connect_to(path_, {Hello::device, index});
        HelloAnswer answer{};
        if (!socket || !receive_message(socket.get(), answer))
            return Err{ENODEV};
        if (answer.error)
            return Err{answer.error};
        return std::unique_ptr<virtio::DevicePort>(std::make_unique<FakePort>(std::move(socket), answer.info));
    }
    [[nodiscard]] std::vector<int> descriptors() const override { return {socket_.get()}; }
    void close() override { socket_.reset(); }

private:
    std::string path_;
    OwnedFd socket_;
};

} // namespace

backend::Outcome<std::unique_ptr<backend::Partition>> FakeOpener::open(const std::string& name) {
    OwnedFd socket = connect_to(path_, {Hello::partition, 0});
    if (!socket)
        return Err{"there is no partition '" + name + "'"};
    return std::unique_ptr<backend::Partition>(std::make_unique<FakePartition>(path_, std::move(socket)));
}

} // namespace amp::test
