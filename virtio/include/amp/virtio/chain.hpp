// SPDX-License-Identifier: GPL-2.0-only
// A descriptor chain as a device sees it: bytes to read, then bytes to write, in pieces whose borders mean nothing (2.7.4).
// Made by Queue::pop() from checked copies of the descriptors; the bytes themselves are still the guest's and may change
// meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <sys/uio.h>

namespace amp::virtio {

/// Copies to and from pieces, starting `offset` bytes in. They return how many bytes there were; fewer than asked for only
/// at the end of the pieces.
std::size_t copy_from(std::span<const iovec> pieces, std::uint64_t offset, std::span<std::byte> to);
std::size_t copy_to(std::span<const iovec> pieces, std::uint64_t offset, std::span<const std::byte> from);
/// Appends up to `bytes` bytes of `pieces` from `offset` on as pieces of their own (for readv, io_uring); how many those
/// are.
std::uint64_t slice(std::span<const iovec> pieces, std::uint64_t offset, std::uint64_t bytes, std::vector<iovec>& to);

/// Owns its lists, not what they point to. Keep chains and hand them to pop() again: their lists' memory is used again.
class Chain {
public:
    /// The number that Queue::complete() wants back.
    [[nodiscard]] std::uint16_t head() const { return head_; }
    /// Taken by an earlier worker, which died: it may have been done in part or altogether, but was not reported.
    [[nodiscard]] bool replayed() const { return replayed_; }

    [[nodiscard]] std::span<const iovec> readable() const { return {pieces_.data(), readable_pieces_}; }
    [[nodiscard]] std::span<const iovec> writable() const { return std::span(pieces_).subspan(readable_pieces_); }
    [[nodiscard]] std::uint64_t readable_bytes() const { return readable_bytes_; }
    [[nodiscard]] std::uint64_t writable_bytes() const { return writable_bytes_; }

    /// From the readable, to the writable bytes.
    std::size_t read(std::uint64_t offset, std::span<std::byte> to) const { return copy_from(readable(), offset, to); }
    std::size_t write(std::uint64_t offset, std::span<const std::byte> from) const {
        return copy_to(writable(), offset, from);
    }
    /// One value, whole or not at all.
    template <typename T>
    [[nodiscard]] bool read_value(std::uint64_t offset, T& value) const {
        return read(offset, std::as_writable_bytes(std::span(&value, 1))) == sizeof(T);
    }
    template <typename T>
    [[nodiscard]] bool write_value(std::uint64_t offset, const T& value) const {
        return write(offset, std::as_bytes(std::span(&value, 1))) == sizeof(T);
    }

private:
    friend class ChainReader;
    friend class Queue;

    std::vector<iovec> pieces_; // readable, then writable
    std::size_t readable_pieces_ = 0;
    std::uint64_t readable_bytes_ = 0;
    std::uint64_t writable_bytes_ = 0;
    std::uint16_t head_ = 0;
    bool writing_ = false; // while it is read: a writable descriptor has come
    bool replayed_ = false;
};

} // namespace amp::virtio
