// SPDX-License-Identifier: GPL-2.0-only
// Requests of the block device out of a hostile queue, done to a disk that is memory: what parse() lets through stays on the disk and
// in the guest's memory, and each request that can be told its status is.
#include "blk_request.hpp"

#include <cstring>

#include "hostile_queue.hpp"

using namespace amp::virtio;
using amp::fuzz::HostileQueue;
using amp::fuzz::Input;
using amp::fuzz::must;

namespace {

constexpr std::uint64_t sectors = 24;

std::uint64_t some_sector(Input& input) {
    const std::uint8_t kind = input.byte();
    const std::uint64_t near = kind >> 3;
    const std::uint64_t choices[] = {near, near, sectors - near % 4, sectors + near, 0 - near, (std::uint64_t{1} << 55) - near % 4,
                                     std::uint64_t{1} << 63, input.number(8)};
    return choices[kind % 8];
}

// A header, and perhaps the segment of a discard behind it.
std::size_t request(Input& input, std::byte* place) {
    const std::uint32_t types[] = {blk::Type::in, blk::Type::out, blk::Type::flush, blk::Type::get_id, blk::Type::discard,
                                   blk::Type::write_zeroes, input.word()};
    const blk::Header header{types[input.byte() % 7], 0, some_sector(input)};
    std::memcpy(place, &header, sizeof(header));
    if (header.type != blk::Type::discard && header.type != blk::Type::write_zeroes)
        return sizeof(header);
    const std::uint32_t counts[] = {input.byte(), input.byte(), 1u << 21, UINT32_MAX};
    const blk::Segment segment{some_sector(input), counts[input.byte() % 4], input.byte() % 4u};
    std::memcpy(place + sizeof(header), &segment, sizeof(segment));
    return sizeof(header) + sizeof(segment);
}

class Disk {
public:
    explicit Disk(std::uint8_t choice) {
        limits_.sectors = choice % 4 == 0 ? 0 : sectors;
        limits_.read_only = choice % 8 == 1;
        limits_.max_zeroed_sectors = choice % 3 == 0 ? 4 : 1u << 21;
    }

    void serve(HostileQueue& hostile) {
        Queue& queue = *hostile.rig.queue;
        while (queue.pop(request_.chain)) {
            const bool told = blk::parse(request_, limits_, "a disk of the fuzzer's, with a name that is too long");
            must(told == (request_.chain.writable_bytes() != 0));
            if (told)
                run();
            queue.complete(request_.chain.head(), static_cast<std::uint32_t>(request_.written));
        }
        queue.flush();
    }

private:
    void run() {
        using blk::Operation;
        const bool moves = request_.operation == Operation::read || request_.operation == Operation::write;
        const bool clears = request_.operation == Operation::punch || request_.operation == Operation::zero;
        if (moves || clears) {
            const std::uint64_t size = limits_.sectors * 512;
            must(request_.bytes != 0 && request_.bytes % 512 == 0 && request_.position % 512 == 0);
            must(request_.position <= size && request_.bytes <= size - request_.position);
            must(!limits_.read_only || request_.operation == Operation::read);
        }
        if (clears)
            std::memset(bytes_ + request_.position, 0, request_.bytes);
        if (moves)
            move();
        const std::uint64_t status_at = request_.chain.writable_bytes() - 1;
        must(request_.written <= status_at);
        must(request_.chain.write_value(status_at, static_cast<std::uint8_t>(request_.status)));
    }

    void move() {
        std::byte* place = bytes_ + request_.position;
        std::uint64_t moved = 0;
        for (const iovec& piece : request_.pieces) {
            must(piece.iov_len <= request_.bytes - moved);
            if (request_.operation == blk::Operation::read)
                std::memcpy(piece.iov_base, place + moved, piece.iov_len);
            else
                std::memcpy(place + moved, piece.iov_base, piece.iov_len);
            moved += piece.iov_len;
        }
        must(moved == request_.bytes);
        request_.written = request_.operation == blk::Operation::read ? moved : 0;
    }

    blk::Limits limits_;
    blk::Request request_;
    std::byte bytes_[sectors * 512] = {};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const auto disk = std::make_unique<Disk>(input.byte());
    HostileQueue hostile(input, request);
    while (!input.empty()) {
        hostile.act();
        disk->serve(hostile);
        hostile.mend();
    }
    return 0;
}
