// SPDX-License-Identifier: GPL-2.0-only
// Numbers and layouts of the network device (virtio 1.2, 5.1). Data only.
#pragma once

#include "amp/virtio/devices/settings.hpp"
#include "amp/virtio/layout.hpp"

#include <algorithm>
#include <cstdint>

namespace amp::virtio::net {

constexpr unsigned receive_queue = 0;
constexpr unsigned transmit_queue = 1;

namespace feature {
constexpr std::uint64_t csum = virtio::feature::bit(0);
constexpr std::uint64_t guest_csum = virtio::feature::bit(1);
constexpr std::uint64_t mtu = virtio::feature::bit(3);
constexpr std::uint64_t mac = virtio::feature::bit(5);
constexpr std::uint64_t guest_tso4 = virtio::feature::bit(7);
constexpr std::uint64_t guest_tso6 = virtio::feature::bit(8);
constexpr std::uint64_t guest_ecn = virtio::feature::bit(9);
constexpr std::uint64_t host_tso4 = virtio::feature::bit(11);
constexpr std::uint64_t host_tso6 = virtio::feature::bit(12);
constexpr std::uint64_t host_ecn = virtio::feature::bit(13);
constexpr std::uint64_t mergeable = virtio::feature::bit(15);
constexpr std::uint64_t status = virtio::feature::bit(16);
} // namespace feature

struct Header { // before each packet; num_buffers is always there (VERSION_1)
    std::uint8_t flags;
    std::uint8_t gso_type;
    std::uint16_t hdr_len;
    std::uint16_t gso_size;
    std::uint16_t csum_start;
    std::uint16_t csum_offset;
    std::uint16_t num_buffers;
};
static_assert(sizeof(Header) == 12);

// Header, Ethernet with a VLAN tag, and the longest IP packet that segmentation offload makes.
constexpr std::size_t packet_limit = sizeof(Header) + 18 + 65535;

struct Configuration {
    std::uint8_t mac[6];
    std::uint16_t status;
    std::uint16_t max_virtqueue_pairs;
    std::uint16_t mtu;
};
static_assert(sizeof(Configuration) == 12);
constexpr std::uint16_t link_up = 1;

inline Configuration configuration_of(const DeviceSettings& settings) {
    Configuration configuration{};
    if (settings.mac)
        std::copy(settings.mac->begin(), settings.mac->end(), configuration.mac);
    configuration.status = link_up;
    configuration.mtu = settings.mtu.value_or(0);
    return configuration;
}

// What both ways of serving a TAP offer, less what the kernel may lack.
inline std::uint64_t features_of(const DeviceSettings& settings) {
    namespace f = feature;
    return f::csum | f::guest_csum | f::guest_tso4 | f::guest_tso6 | f::guest_ecn | f::host_tso4 | f::host_tso6 | f::host_ecn |
           f::mergeable | f::status | (settings.mac ? f::mac : 0) | (settings.mtu ? f::mtu : 0);
}

// Without those that need one that is not there (5.1.3.1).
inline std::uint64_t without_unmet(std::uint64_t features) {
    namespace f = feature;
    // feature -> one of those it needs, which stand before it
    struct {
        std::uint64_t one, needed;
    } constexpr rules[] = {{f::guest_tso4, f::guest_csum},
                           {f::guest_tso6, f::guest_csum},
                           {f::guest_ecn, f::guest_tso4 | f::guest_tso6},
                           {f::host_tso4, f::csum},
                           {f::host_tso6, f::csum},
                           {f::host_ecn, f::host_tso4 | f::host_tso6}};
    for (const auto& rule : rules)
        if (!(features & rule.needed))
            features &= ~rule.one;
    return features;
}

inline bool features_agree(std::uint64_t features) { return without_unmet(features) == features; }

} // namespace amp::virtio::net
