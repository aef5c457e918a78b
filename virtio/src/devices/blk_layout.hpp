// SPDX-License-Identifier: GPL-2.0-only
// Numbers and layouts of the block device (virtio 1.2, 5.2). Data only.
#pragma once

#include "amp/virtio/layout.hpp"

#include <cstddef>
#include <cstdint>

namespace amp::virtio::blk {

constexpr std::uint64_t sector_bytes = 512;

namespace feature {
constexpr std::uint64_t size_max = virtio::feature::bit(1);
constexpr std::uint64_t seg_max = virtio::feature::bit(2);
constexpr std::uint64_t geometry = virtio::feature::bit(4);
constexpr std::uint64_t read_only = virtio::feature::bit(5);
constexpr std::uint64_t block_size = virtio::feature::bit(6);
constexpr std::uint64_t flush = virtio::feature::bit(9);
constexpr std::uint64_t topology = virtio::feature::bit(10);
constexpr std::uint64_t config_wce = virtio::feature::bit(11);
constexpr std::uint64_t discard = virtio::feature::bit(13);
constexpr std::uint64_t write_zeroes = virtio::feature::bit(14);
} // namespace feature

enum Type : std::uint32_t { in = 0, out = 1, flush = 4, get_id = 8, discard = 11, write_zeroes = 13 };

enum Status : std::uint8_t { ok = 0, io_error = 1, unsupported = 2 };

struct Header { // what each request begins with
    std::uint32_t type;
    std::uint32_t reserved;
    std::uint64_t sector;
};
static_assert(sizeof(Header) == 16);

struct Segment { // of discard and write_zeroes
    std::uint64_t sector;
    std::uint32_t sectors;
    std::uint32_t flags;
};
static_assert(sizeof(Segment) == 16);
constexpr std::uint32_t segment_unmap = 1;

constexpr std::uint32_t id_bytes = 20;

struct Configuration {
    std::uint64_t capacity;
    std::uint32_t size_max;
    std::uint32_t seg_max;
    std::uint8_t geometry[4];
    std::uint32_t block_size;
    std::uint8_t topology[8];
    std::uint8_t writeback;
    std::uint8_t unused0;
    std::uint16_t num_queues;
    std::uint32_t max_discard_sectors;
    std::uint32_t max_discard_seg;
    std::uint32_t discard_sector_alignment;
    std::uint32_t max_write_zeroes_sectors;
    std::uint32_t max_write_zeroes_seg;
    std::uint8_t write_zeroes_may_unmap;
    std::uint8_t unused1[7];
};
static_assert(offsetof(Configuration, write_zeroes_may_unmap) == 56);

} // namespace amp::virtio::blk
