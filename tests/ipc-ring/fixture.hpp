// SPDX-License-Identifier: GPL-2.0-only
// A channel in heap memory of exactly its size, so that the address sanitizer sees the first byte outside, and both its ends.
#ifndef AMP_TESTS_IPC_RING_FIXTURE_HPP
#define AMP_TESTS_IPC_RING_FIXTURE_HPP

#include "amp/ring/channel.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace amp::test {

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

class Channel {
public:
    explicit Channel(std::uint64_t bytes = 0x3000, std::uint32_t first_index = 0)
        : size(bytes), memory_(std::aligned_alloc(AMP_PAGE_SIZE, bytes)) {
        if (amp_channel_init(memory(), size) != AMP_RING_OK) {
            std::abort();
        }
        for (auto& side : header().side) {
            side.produced = side.consumed = first_index;
        }
        attach(0);
        attach(1);
    }

    void attach(std::uint32_t side) {
        if (amp_channel_attach(&end[side], memory(), size, side) != AMP_RING_OK) {
            std::abort();
        }
    }

    void* memory() { return memory_.get(); }
    amp_channel_header& header() { return *static_cast<amp_channel_header*>(memory()); }
    amp_tx& tx(std::uint32_t side = 0) { return end[side].tx; }
    amp_rx& rx(std::uint32_t side = 1) { return end[side].rx; }

    const std::uint64_t size;
    amp_channel_end end[2];

private:
    std::unique_ptr<void, Free> memory_;
};

inline int send(amp_tx& tx, const std::string& text) {
    return amp_tx_try_send(&tx, text.data(), static_cast<std::uint32_t>(text.size()));
}

// The next message, or its status as "<number>".
inline std::string receive(amp_rx& rx) {
    std::string text(AMP_RING_MESSAGE_MAX(rx.size), '\0');
    std::uint32_t length = 0;
    const int status = amp_rx_try_receive(&rx, text.data(), static_cast<std::uint32_t>(text.size()), &length);
    if (status != AMP_RING_OK) {
        return "<" + std::to_string(status) + ">";
    }
    text.resize(length);
    return text;
}

// Deterministic, the same everywhere (splitmix64).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t operator()() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>((*this)() % limit); }

private:
    std::uint64_t state_;
};

}  // namespace amp::test

#endif
