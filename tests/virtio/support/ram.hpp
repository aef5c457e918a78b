// SPDX-License-Identifier: GPL-2.0-only
// Guest memory for tests: on the heap and of exactly its size, so that the address sanitizer sees the first byte outside; or
// shared with children that fork() makes.
#ifndef AMP_TESTS_VIRTIO_RAM_HPP
#define AMP_TESTS_VIRTIO_RAM_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "amp/virtio/memory.hpp"

namespace amp::test {

constexpr std::uint64_t ram_gpa = 0x40000000;
constexpr std::size_t ram_bytes = 0x10000;

class Ram {
public:
    enum class Kind { heap, shared };

    explicit Ram(Kind kind = Kind::heap, std::size_t bytes = ram_bytes);
    Ram(const Ram&) = delete;
    ~Ram();

    std::byte* data() { return data_; }
    std::span<std::byte> bytes() { return {data_, size_}; }
    const virtio::GuestMemory& memory() const { return *memory_; }

private:
    Kind kind_;
    std::size_t size_;
    std::byte* data_;
    std::unique_ptr<virtio::GuestMemory> memory_;
};

/// Zeroed T in memory that is shared with children.
std::byte* shared_bytes(std::size_t bytes);
void free_shared_bytes(std::byte* data, std::size_t bytes);

template <typename T>
class SharedObject {
public:
    SharedObject() : data_(shared_bytes(sizeof(T))) {}
    SharedObject(const SharedObject&) = delete;
    ~SharedObject() { free_shared_bytes(data_, sizeof(T)); }
    T& operator*() { return *static_cast<T*>(static_cast<void*>(data_)); }
    T* operator->() { return &**this; }
    std::span<std::byte> bytes() { return {data_, sizeof(T)}; }

private:
    std::byte* data_;
};

/// xorshift; the same numbers everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}
    std::uint64_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_;
    }
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>((next() >> 11) % limit); }

private:
    std::uint64_t state_;
};

} // namespace amp::test

#endif
