// SPDX-License-Identifier: GPL-2.0-only
// One request of the block device, from its chain to what has to be done to the file: parsed once from copies, checked against
// the disk's limits, so that what is handed to the kernel afterwards can't reach beyond the disk. Does no input or output.
#pragma once

#include "amp/virtio/chain.hpp"
#include "blk_layout.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace amp::virtio::blk {

struct Limits {
    std::uint64_t sectors = 0;
    bool read_only = false;
    std::uint32_t max_zeroed_sectors = 1u << 21; // of one discard or write_zeroes: 1 GiB
};

// What the file has to do; `finish`: nothing, the status is known.
enum class Operation { finish, read, write, sync, punch, zero };

struct Request {
    Chain chain;
    Operation operation = Operation::finish;
    Status status = Status::ok;
    std::uint64_t position = 0; // in the file
    std::uint64_t bytes = 0;    // data to move, or to punch or zero
    std::uint64_t done = 0;     // of them
    std::uint64_t written = 0;  // bytes in the chain's writable pieces, the status apart
    std::vector<iovec> pieces;  // what is left to be read or written

    // Where the data is among the chain's bytes
    [[nodiscard]] std::uint64_t data_offset() const { return operation == Operation::write ? sizeof(Header) : 0; }
};

// From request.chain; sets everything else. False: there is no room for a status, so there is nobody to tell anything to.
bool parse(Request& request, const Limits& limits, std::string_view id);

} // namespace amp::virtio::blk
