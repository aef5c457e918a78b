// SPDX-License-Identifier: GPL-2.0-only
#include "blk_request.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace amp::virtio::blk {
namespace {

void finish(Request& request, Status status) {
    request.operation = Operation::finish;
    request.status = status;
}

bool within(const Limits& limits, std::uint64_t sector, std::uint64_t sectors) {
    return sector <= limits.sectors && sectors <= limits.sectors - sector;
}

void parse_data(Request& request, const Limits& limits, std::uint64_t sector, Operation operation, std::uint64_t bytes) {
    if (bytes % sector_bytes || !within(limits, sector, bytes / sector_bytes) ||
        (operation == Operation::write && limits.read_only))
        return finish(request, Status::io_error);
    if (bytes == 0)
        return finish(request, Status::ok);
    request.operation = operation;
    request.position = sector * sector_bytes;
    request.bytes = bytes;
    const Chain& chain = request.chain;
    slice(operation == Operation::read ? chain.writable() : chain.readable(), request.data_offset(), bytes, request.pieces);
}

void parse_segment(Request& request, const Limits& limits, std::uint32_t type) {
    Segment segment{};
    // One segment is what the configuration offers.
    if (limits.read_only || request.chain.readable_bytes() != sizeof(Header) + sizeof(Segment) ||
        !request.chain.read_value(sizeof(Header), segment))
        return finish(request, Status::io_error);
    const bool discard = type == Type::discard;
    // 5.2.6.2: unknown flags, and unmap for a discard, are unsupported.
    if (segment.flags & (discard ? ~0u : ~segment_unmap))
        return finish(request, Status::unsupported);
    if (segment.sectors > limits.max_zeroed_sectors || !within(limits, segment.sector, segment.sectors))
        return finish(request, Status::io_error);
    if (segment.sectors == 0)
        return finish(request, Status::ok);
    request.operation = discard || (segment.flags & segment_unmap) ? Operation::punch : Operation::zero;
    request.position = segment.sector * sector_bytes;
    request.bytes = segment.sectors * sector_bytes;
}

void answer_id(Request& request, std::string_view id) {
    std::array<char, id_bytes> text{};
    std::copy_n(id.begin(), std::min(id.size(), text.size()), text.begin());
    if (request.chain.writable_bytes() - 1 < text.size())
        return finish(request, Status::io_error);
    request.written = request.chain.write(0, std::as_bytes(std::span(text)));
    finish(request, Status::ok);
}

} // namespace

bool parse(Request& request, const Limits& limits, std::string_view id) {
    request.position = request.bytes = request.done = request.written = 0;
    request.pieces.clear();
    request.status = Status::ok;
    if (request.chain.writable_bytes() == 0)
        return false;
    Header header{};
    if (!request.chain.read_value(0, header)) {
        finish(request, Status::io_error);
        return true;
    }
    switch (header.type) {
    case Type::in:
        parse_data(request, limits, header.sector, Operation::read, request.chain.writable_bytes() - 1);
        break;
    case Type::out:
        parse_data(request, limits, header.sector, Operation::write, request.chain.readable_bytes() - sizeof(Header));
        break;
    case Type::flush:
        request.operation = Operation::sync;
        break;
    case Type::get_id:
        answer_id(request, id);
        break;
    case Type::discard:
    case Type::write_zeroes:
        parse_segment(request, limits, header.type);
        break;
    default:
        finish(request, Status::unsupported);
    }
    return true;
}

} // namespace amp::virtio::blk
