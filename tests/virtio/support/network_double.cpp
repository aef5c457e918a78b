// SPDX-License-Identifier: GPL-2.0-only
#include "network_double.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <new>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace amp::test {
namespace {

using virtio::OwnedFd;

constexpr std::uint32_t get_features = 1, set_features = 2, set_memory = 5, set_number = 8, set_address = 9, set_base = 10,
                        get_base = 11, set_kick = 12, set_call = 13, get_protocol = 15, set_protocol = 16, set_enable = 18,
                        set_mtu = 20;
constexpr std::size_t header_bytes = 12; // of a frame, with VERSION_1

void need(bool holds, const char* what) {
    if (!holds)
        throw std::runtime_error(std::string("network double: ") + what + ": " + std::strerror(errno));
}

struct Message {
    std::uint32_t head[3]; // request, flags, size
    std::vector<std::byte> bytes;
    std::vector<OwnedFd> fds;
    template <typename T> T at(std::size_t offset) const {
        T value{};
        need(offset + sizeof(T) <= bytes.size(), "a message is too short");
        std::memcpy(&value, bytes.data() + offset, sizeof(T));
        return value;
    }
};

struct Descriptor {
    std::uint64_t address;
    std::uint32_t length;
    std::uint16_t flags, next;
};

struct Ring {
    std::uint32_t size = 0;
    std::byte *descriptors = nullptr, *available = nullptr, *used = nullptr;
    std::uint16_t next = 0;
    OwnedFd kick, call;
    bool enabled = false, started = false;

    std::uint16_t half(const std::byte* ring, std::size_t offset) const {
        return __atomic_load_n(reinterpret_cast<const std::uint16_t*>(ring + offset), __ATOMIC_ACQUIRE);
    }
    bool has_more() const { return enabled && started && half(available, 2) != next; }
    std::uint16_t take() { return half(available, 4 + 2u * (next++ % size)); }
    void give_back(std::uint16_t head, std::uint32_t written) {
        const std::uint16_t index = half(used, 2);
        const std::uint32_t element[2] = {head, written};
        std::memcpy(used + 4 + 8u * (index % size), element, sizeof(element));
        __atomic_store_n(reinterpret_cast<std::uint16_t*>(used + 2), static_cast<std::uint16_t>(index + 1), __ATOMIC_RELEASE);
        const std::uint64_t one = 1;
        static_cast<void>(::write(call.get(), &one, sizeof(one)));
    }
};

// One front end, until it is gone.
class Connection {
public:
    Connection(OwnedFd socket, NetworkFacts& facts) : socket_(std::move(socket)), facts_(facts) {}
    ~Connection() {
        for (const Region& region : memory_)
            ::munmap(region.mapped, region.size + region.offset);
    }
    void serve() {
        for (;;) {
            std::vector<pollfd> wanted{{socket_.get(), POLLIN, 0}};
            for (const Ring& ring : rings_)
                wanted.push_back({ring.kick.get(), POLLIN, 0});
            need(::poll(wanted.data(), wanted.size(), -1) > 0, "poll");
            for (std::size_t i = 0; i < rings_.size(); ++i) {
                std::uint64_t count = 0;
                // A ring starts with its first kick.
                if ((wanted[1 + i].revents & POLLIN) && ::read(rings_[i].kick.get(), &count, sizeof(count)) == sizeof(count))
                    rings_[i].started = true;
            }
            while (rings_[0].has_more() && rings_[1].has_more())
                give_frame_back();
            if (wanted[0].revents && !take_message())
                return;
        }
    }

private:
    struct Region {
        std::uint64_t gpa, size, front_end, offset;
        std::byte* mapped; // from the file's beginning, as DPDK and QEMU's library do
    };

    std::byte* find(std::uint64_t address, std::uint64_t Region::*begin) const {
        for (const Region& region : memory_)
            if (address - region.*begin < region.size)
                return region.mapped + region.offset + (address - region.*begin);
        throw std::runtime_error("network double: an address that is not in the memory's table");
    }
    std::vector<Descriptor> chain(const Ring& ring, std::uint16_t head) const {
        std::vector<Descriptor> all;
        do {
            Descriptor one{};
            std::memcpy(&one, ring.descriptors + 16u * (all.empty() ? head : all.back().next), sizeof(one));
            all.push_back(one);
        } while (all.back().flags & 1);
        return all;
    }
    void give_frame_back() {
        const std::uint16_t from = rings_[1].take(), to = rings_[0].take();
        std::vector<std::byte> frame;
        for (const Descriptor& piece : chain(rings_[1], from)) {
            const std::byte* at = find(piece.address, &Region::gpa);
            frame.insert(frame.end(), at, at + piece.length);
        }
        frame.resize(std::max(frame.size(), header_bytes));
        std::fill(frame.begin(), frame.begin() + header_bytes, std::byte{0});
        frame[10] = std::byte{1}; // num_buffers
        std::size_t done = 0;
        for (const Descriptor& piece : chain(rings_[0], to)) {
            const std::size_t size = std::min<std::size_t>(piece.length, frame.size() - done);
            std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(done), size, find(piece.address, &Region::gpa));
            done += size;
        }
        rings_[0].give_back(to, static_cast<std::uint32_t>(done));
        rings_[1].give_back(from, 0);
    }

    bool take_message() {
        Message message{};
        if (!receive(message))
            return false;
        const auto [request, flags, size] = message.head;
        std::uint32_t once = request;
        if (facts_.hangs_up_at.compare_exchange_strong(once, 0))
            return false;
        const auto answer = facts_.refuses == request ? std::optional<std::uint64_t>() : handle(request, message);
        const bool asks = request == get_features || request == get_protocol || request == get_base;
        if (asks || (flags & 8))
            say(request, asks ? answer.value_or(0) : answer ? 0 : 22);
        return true;
    }
    std::optional<std::uint64_t> handle(std::uint32_t request, Message& message) {
        switch (request) {
        case get_features: return facts_.offers.load();
        case get_protocol: return facts_.offers_protocol.load();
        case set_features: facts_.features = message.at<std::uint64_t>(0); return 0;
        case set_protocol: facts_.protocol = message.at<std::uint64_t>(0); return 0;
        case set_mtu: facts_.mtu = message.at<std::uint64_t>(0); return 0;
        case set_memory: take_memory(message); return 0;
        default: break;
        }
        if (message.bytes.size() < sizeof(std::uint32_t))
            return 0;
        Ring& ring = rings_.at(message.at<std::uint32_t>(0));
        switch (request) {
        case set_number: ring.size = message.at<std::uint32_t>(4); break;
        case set_base: ring.next = static_cast<std::uint16_t>(message.at<std::uint32_t>(4)); break;
        case set_enable: ring.enabled = message.at<std::uint32_t>(4) != 0; break;
        case set_kick: ring.kick = std::move(message.fds.at(0)); break;
        case set_call: ring.call = std::move(message.fds.at(0)); break;
        case set_address:
            ring.descriptors = find(message.at<std::uint64_t>(8), &Region::front_end);
            ring.used = find(message.at<std::uint64_t>(16), &Region::front_end);
            ring.available = find(message.at<std::uint64_t>(24), &Region::front_end);
            break;
        case get_base: {
            const std::uint64_t next = std::uint64_t{ring.next} << 32 | message.at<std::uint32_t>(0);
            ring = Ring{};
            return next;
        }
        default: break;
        }
        return 0;
    }
    void take_memory(const Message& message) {
        const auto count = message.at<std::uint32_t>(0);
        need(count == message.fds.size(), "descriptors of the memory");
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto word = [&](unsigned n) { return message.at<std::uint64_t>(8 + 32u * i + 8u * n); };
            Region region{word(0), word(1), word(2), word(3), nullptr};
            void* mapped = ::mmap(nullptr, region.size + region.offset, PROT_READ | PROT_WRITE, MAP_SHARED, message.fds[i].get(), 0);
            need(mapped != MAP_FAILED, "mmap");
            region.mapped = static_cast<std::byte*>(mapped);
            memory_.push_back(region);
        }
    }
    bool receive(Message& message) {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(8 * sizeof(int))> control{};
        iovec piece{message.head, sizeof(message.head)};
        msghdr all{};
        all.msg_iov = &piece;
        all.msg_iovlen = 1;
        all.msg_control = control.data();
        all.msg_controllen = control.size();
        if (::recvmsg(socket_.get(), &all, MSG_WAITALL | MSG_CMSG_CLOEXEC) != sizeof(message.head))
            return false;
        if (const cmsghdr* rights = CMSG_FIRSTHDR(&all)) {
            message.fds.resize(0);
            for (std::size_t i = 0; i < (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(rights) + i * sizeof(int), sizeof(int));
                message.fds.emplace_back(fd);
            }
        }
        message.bytes.resize(message.head[2]);
        return message.bytes.empty() || ::recv(socket_.get(), message.bytes.data(), message.bytes.size(), MSG_WAITALL) ==
                                            static_cast<ssize_t>(message.bytes.size());
    }
    void say(std::uint32_t request, std::uint64_t value) const {
        std::uint32_t words[5] = {request, 5, sizeof(value), static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)};
        static_cast<void>(::send(socket_.get(), words, sizeof(words), MSG_NOSIGNAL));
    }

    OwnedFd socket_;
    NetworkFacts& facts_;
    std::vector<Region> memory_;
    std::array<Ring, 2> rings_;
};

[[noreturn]] void serve_all(const OwnedFd& listener, NetworkFacts& facts) {
    for (;;) {
        OwnedFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            ::_exit(1);
        ++facts.connections;
        Connection(std::move(client), facts).serve();
    }
}

} // namespace

NetworkDouble::NetworkDouble(std::string socket) : socket_(std::move(socket)) {
    void* shared = ::mmap(nullptr, sizeof(NetworkFacts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    need(shared != MAP_FAILED, "shared memory");
    facts_ = new (shared) NetworkFacts;
    start();
}

NetworkDouble::~NetworkDouble() {
    kill();
    ::munmap(facts_, sizeof(NetworkFacts));
}

// The socket listens when this returns.
void NetworkDouble::start() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const OwnedFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::unlink(socket_.c_str());
    need(::bind(listener.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0, "bind");
    need(::listen(listener.get(), 4) == 0, "listen");
    process_ = ::fork();
    need(process_ >= 0, "fork");
    if (process_ == 0) {
        try {
            serve_all(listener, *facts_);
        } catch (const std::exception& failure) {
            static_cast<void>(::write(STDERR_FILENO, failure.what(), std::strlen(failure.what())));
        }
        ::_exit(1);
    }
}

void NetworkDouble::kill() {
    if (process_ < 0)
        return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

} // namespace amp::test
