// SPDX-License-Identifier: GPL-2.0-only
// The services that a firmware announced, each a SOCK_SEQPACKET socket "<name>.<address>" in one directory, and who is connected to
// them: a message is a packet. Every connection is an rpmsg endpoint with an address of its own. Runs on the worker's event loop.
#pragma once

#include <amp/rpmsg/host.hpp>
#include <amp/virtio/loop.hpp>
#include <amp/virtio/owned_fd.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace amp::backend {

class RpmsgEndpoints {
public:
    using Log = std::function<void(const std::string&)>;
    // To the firmware; false: it has no room now, room() is called when it has again.
    using Send = std::function<bool(std::uint32_t source, std::uint32_t destination, std::span<const std::byte> data)>;

    // directory: an open one, ours alone; stays the caller's.
    RpmsgEndpoints(virtio::Loop& loop, int directory, Log log, Send send);
    ~RpmsgEndpoints();

    void announced(const std::string& name, std::uint32_t address, bool created);
    // To the connection that has the message's destination; nobody's is dropped.
    void deliver(const rpmsg::Message& message);
    void room();
    // The firmware is not there any more: connections end, services go.
    void clear();
    // The services that an earlier worker left in the directory. Its connections ended with it.
    void recover();

private:
    struct Service {
        std::string name;
        std::string path;
        virtio::OwnedFd listener;
    };
    struct Connection {
        virtio::OwnedFd socket;
        std::uint32_t address; // ours
        std::uint32_t service; // the firmware's
        std::deque<std::vector<std::byte>> pending; // for the client
        std::vector<std::byte> held;                // for the firmware, which had no room
        bool holds = false;
    };

    void add_service(const std::string& name, std::uint32_t address);
    void remove_service(std::uint32_t address);
    void accept_client(std::uint32_t service);
    void ready(std::uint32_t address, std::uint32_t events);
    bool read_from(Connection& connection);
    bool write_to(Connection& connection);
    void listen(const Connection& connection);
    void disconnect(std::uint32_t address);
    std::uint32_t free_address();

    virtio::Loop& loop_;
    int directory_;
    std::string path_;
    Log log_;
    Send send_;
    std::map<std::uint32_t, Service> services_;       // by the firmware's address
    std::map<std::uint32_t, Connection> connections_; // by ours
    std::uint32_t next_address_ = 1024; // below are well-known ones, as in Linux
};

} // namespace amp::backend
