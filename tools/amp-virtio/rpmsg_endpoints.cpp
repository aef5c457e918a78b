// SPDX-License-Identifier: GPL-2.0-only
// A client that does not read is disconnected once so many messages wait for it: nothing is lost unnoticed, and no client keeps
// the others from their messages.
#include "rpmsg_endpoints.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace amp::backend {
namespace {

constexpr std::size_t services_max = 64;
constexpr std::size_t connections_max = 64;
constexpr std::size_t pending_max = 1024;
constexpr unsigned batch = 64; // messages of one client before others have their turn

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

// By the descriptor that is there: a worker opens nothing.
std::vector<std::string> files_in(int directory) {
    std::vector<std::string> names;
    const int own = ::dup(directory);
    DIR* opened = own < 0 ? nullptr : ::fdopendir(own);
    if (opened == nullptr)
        return names;
    ::rewinddir(opened);
    while (const dirent* entry = ::readdir(opened))
        names.emplace_back(entry->d_name);
    ::closedir(opened);
    return names;
}

virtio::OwnedFd listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return {};
    }
    path.copy(address.sun_path, path.size());
    ::unlink(path.c_str()); // the directory is ours: what is there is an earlier worker's
    virtio::OwnedFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (!socket || ::bind(socket.get(), generic, sizeof(address)) != 0 || ::listen(socket.get(), 8) != 0)
        return {};
    return socket;
}

} // namespace

// A path by the descriptor is short enough for any socket.
RpmsgEndpoints::RpmsgEndpoints(virtio::Loop& loop, int directory, Log log, Send send)
    : loop_(loop), directory_(directory), path_("/proc/self/fd/" + std::to_string(directory)), log_(std::move(log)),
      send_(std::move(send)) {}

// The sockets stay: the next worker recovers from them.
RpmsgEndpoints::~RpmsgEndpoints() {
    while (!connections_.empty())
        disconnect(connections_.begin()->first);
    for (const auto& [address, service] : services_)
        loop_.remove(service.listener.get());
}

void RpmsgEndpoints::announced(const std::string& name, std::uint32_t address, bool created) {
    if (!created)
        remove_service(address);
    else if (services_.size() >= services_max)
        log_("service " + name + " is one too many: " + std::to_string(services_max) + " are possible");
    else
        add_service(name, address);
}

void RpmsgEndpoints::add_service(const std::string& name, std::uint32_t address) {
    remove_service(address); // announced anew
    const std::string path = path_ + "/" + name + "." + std::to_string(address);
    virtio::OwnedFd listener = listen_at(path);
    if (!listener) {
        log_(failed(path));
        return;
    }
    loop_.add(listener.get(), EPOLLIN, [this, address](std::uint32_t) { accept_client(address); });
    services_.emplace(address, Service{name, path, std::move(listener)});
}

void RpmsgEndpoints::remove_service(std::uint32_t address) {
    const auto found = services_.find(address);
    if (found == services_.end())
        return;
    for (auto next = connections_.begin(); next != connections_.end();) {
        const auto connection = next++;
        if (connection->second.service == address)
            disconnect(connection->first);
    }
    loop_.remove(found->second.listener.get());
    ::unlink(found->second.path.c_str());
    services_.erase(found);
}

void RpmsgEndpoints::clear() {
    while (!services_.empty())
        remove_service(services_.begin()->first);
}

void RpmsgEndpoints::recover() {
    for (const std::string& file : files_in(directory_)) {
        const auto dot = file.rfind('.');
        std::uint32_t address = 0;
        const char* end = file.data() + file.size();
        if (dot == std::string::npos || std::from_chars(file.data() + dot + 1, end, address).ptr != end)
            continue;
        add_service(file.substr(0, dot), address);
    }
}

std::uint32_t RpmsgEndpoints::free_address() {
    while (connections_.contains(next_address_) || next_address_ < 1024)
        ++next_address_;
    return next_address_++;
}

void RpmsgEndpoints::accept_client(std::uint32_t service) {
    virtio::OwnedFd socket(::accept4(services_.at(service).listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket || connections_.size() >= connections_max)
        return; // closed again, which the client sees
    const std::uint32_t address = free_address();
    loop_.add(socket.get(), EPOLLIN, [this, address](std::uint32_t events) { ready(address, events); });
    connections_.emplace(address, Connection{std::move(socket), address, service, {}, {}, false});
}

void RpmsgEndpoints::disconnect(std::uint32_t address) {
    const auto found = connections_.find(address);
    loop_.remove(found->second.socket.get());
    connections_.erase(found);
}

void RpmsgEndpoints::listen(const Connection& connection) {
    const std::uint32_t input = connection.holds ? 0 : std::uint32_t{EPOLLIN};
    loop_.change(connection.socket.get(), input | (connection.pending.empty() ? 0 : std::uint32_t{EPOLLOUT}));
}

void RpmsgEndpoints::ready(std::uint32_t address, std::uint32_t events) {
    Connection& connection = connections_.at(address);
    const bool alive = (!(events & EPOLLOUT) || write_to(connection)) && (!(events & EPOLLIN) || read_from(connection)) &&
                       (events & EPOLLIN || !(events & (EPOLLHUP | EPOLLERR)));
    if (alive)
        listen(connection);
    else
        disconnect(address);
}

// False: the client is gone, or sent what can't be sent on.
bool RpmsgEndpoints::read_from(Connection& connection) {
    std::array<std::byte, AMP_RPMSG_MESSAGE_MAX> message;
    for (unsigned done = 0; done < batch && !connection.holds; ++done) {
        const ssize_t size = ::recv(connection.socket.get(), message.data(), message.size(), MSG_TRUNC);
        if (size < 0)
            return errno == EAGAIN || errno == EINTR;
        if (size == 0) // also an empty packet: rpmsg has no use for it
            return false;
        if (static_cast<std::size_t>(size) > message.size()) {
            log_("a message of " + std::to_string(size) + " bytes for " + services_.at(connection.service).name +
                 " is longer than " + std::to_string(message.size()) + "; its sender is disconnected");
            return false;
        }
        const std::span data(message.data(), static_cast<std::size_t>(size));
        if (!send_(connection.address, connection.service, data)) {
            connection.held.assign(data.begin(), data.end());
            connection.holds = true;
        }
    }
    return true;
}

bool RpmsgEndpoints::write_to(Connection& connection) {
    while (!connection.pending.empty()) {
        const auto& message = connection.pending.front();
        if (::send(connection.socket.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0)
            return errno == EAGAIN || errno == EINTR;
        connection.pending.pop_front();
    }
    return true;
}

void RpmsgEndpoints::deliver(const rpmsg::Message& message) {
    const auto found = connections_.find(message.destination);
    if (found == connections_.end() || message.data.empty())
        return;
    Connection& connection = found->second;
    if (connection.pending.size() >= pending_max) {
        log_("a client of " + services_.at(connection.service).name + " does not read; it is disconnected");
        disconnect(found->first);
        return;
    }
    connection.pending.emplace_back(message.data.begin(), message.data.end());
    if (write_to(connection))
        listen(connection);
    else
        disconnect(found->first);
}

void RpmsgEndpoints::room() {
    for (auto& [address, connection] : connections_) {
        if (connection.holds && send_(connection.address, connection.service, connection.held)) {
            connection.holds = false;
            listen(connection);
        }
    }
}

} // namespace amp::backend
