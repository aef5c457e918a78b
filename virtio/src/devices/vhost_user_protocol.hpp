// SPDX-License-Identifier: GPL-2.0-only
// Numbers and layouts of the vhost-user protocol (QEMU's docs/interop/vhost-user.rst) that a front end for split rings needs; what
// a message has in common with the kernel's vhost is in linux/vhost.h. Data only.
#pragma once

#include "amp/virtio/devices/vhost_user_link.hpp"
#include "amp/virtio/layout.hpp"

#include <cstddef>
#include <cstdint>

namespace amp::virtio::vhost_user {

enum class Request : std::uint32_t {
    get_features = 1,
    set_features = 2,
    set_owner = 3,
    set_mem_table = 5,
    set_vring_num = 8,
    set_vring_addr = 9,
    set_vring_base = 10,
    get_vring_base = 11,
    set_vring_kick = 12,
    set_vring_call = 13,
    get_protocol_features = 15,
    set_protocol_features = 16,
    set_vring_enable = 18,
    net_set_mtu = 20,
    get_config = 24,
    set_config = 25,
    get_inflight_fd = 31,
    set_inflight_fd = 32,
};

struct Header {
    std::uint32_t request;
    std::uint32_t flags;
    std::uint32_t size; // of what follows
};
static_assert(sizeof(Header) == 12);

constexpr std::uint32_t version = 1; // in flags
constexpr std::uint32_t version_mask = 3;
constexpr std::uint32_t is_reply = 4;
constexpr std::uint32_t need_reply = 8;

/// Among the virtio features of GET_FEATURES; never the guest's.
constexpr std::uint64_t has_protocol_features = feature::bit(30);

namespace protocol_feature {
constexpr std::uint64_t reply_ack = feature::bit(3);
constexpr std::uint64_t net_mtu = feature::bit(4);
constexpr std::uint64_t config = feature::bit(9);
constexpr std::uint64_t inflight_shmfd = feature::bit(12);
} // namespace protocol_feature

constexpr unsigned regions_max = 8;
struct Region {
    std::uint64_t gpa;
    std::uint64_t size;
    std::uint64_t front_end_address; // the form that ring addresses have
    std::uint64_t offset;            // in its file
};
struct MemoryTable {
    std::uint32_t count;
    std::uint32_t padding;
    Region regions[regions_max]; // the message ends with the last one that is there
};
static_assert(offsetof(MemoryTable, regions) == 8 && sizeof(Region) == 32);

struct Config {
    std::uint32_t offset;
    std::uint32_t size;
    std::uint32_t flags;
    std::byte bytes[config_max]; // the message ends with the last one that is there
};
static_assert(offsetof(Config, bytes) == 12);

struct InflightMessage {
    std::uint64_t size; // of the part of its file
    std::uint64_t offset;
    std::uint16_t queues;
    std::uint16_t queue_size;
    std::uint32_t padding; // the message has it, too
};
static_assert(sizeof(InflightMessage) == 24);

} // namespace amp::virtio::vhost_user
