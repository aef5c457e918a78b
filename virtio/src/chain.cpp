// SPDX-License-Identifier: GPL-2.0-only
// Walks over the pieces of a chain.
#include "amp/virtio/chain.hpp"

#include <algorithm>
#include <cstring>

namespace amp::virtio {
namespace {

// Calls visit(place, bytes) for each part of `pieces` within [offset, offset + bytes); how many bytes that were.
template <typename Visit>
std::uint64_t walk(std::span<const iovec> pieces, std::uint64_t offset, std::uint64_t bytes, Visit visit) {
    std::uint64_t done = 0;
    for (const iovec& piece : pieces) {
        if (done == bytes) {
            break;
        }
        if (offset >= piece.iov_len) {
            offset -= piece.iov_len;
            continue;
        }
        const std::size_t here = std::min<std::uint64_t>(piece.iov_len - offset, bytes - done);
        visit(static_cast<std::byte*>(piece.iov_base) + offset, here);
        done += here;
        offset = 0;
    }
    return done;
}

} // namespace

std::size_t copy_from(std::span<const iovec> pieces, std::uint64_t offset, std::span<std::byte> to) {
    std::byte* place = to.data();
    return walk(pieces, offset, to.size(), [&place](const std::byte* from, std::size_t bytes) {
        std::memcpy(place, from, bytes);
        place += bytes;
    });
}

std::size_t copy_to(std::span<const iovec> pieces, std::uint64_t offset, std::span<const std::byte> from) {
    const std::byte* place = from.data();
    return walk(pieces, offset, from.size(), [&place](std::byte* to, std::size_t bytes) {
        std::memcpy(to, place, bytes);
        place += bytes;
    });
}

std::uint64_t slice(std::span<const iovec> pieces, std::uint64_t offset, std::uint64_t bytes, std::vector<iovec>& to) {
    return walk(pieces, offset, bytes, [&to](std::byte* place, std::size_t here) { to.push_back({place, here}); });
}

} // namespace amp::virtio
