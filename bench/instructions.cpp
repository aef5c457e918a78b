// SPDX-License-Identifier: GPL-2.0-only
// Pushes and pops in one thread, for callgrind: the functions measured_push and measured_pop are what --toggle-collect names,
// and each instantiation of them does `messages` messages. bench/table divides.
#include <cstdio>
#include <utility>

#include "queues.hpp"

namespace amp::bench {

constexpr std::size_t rounds = 50;

template <typename Queue, std::size_t N>
[[gnu::noinline, gnu::noclone]] std::size_t measured_push(Queue& queue, const Message<N>& message, std::size_t count) {
    std::size_t done = 0;
    while (done < count && queue.push(message)) {
        done++;
    }
    return done;
}

template <typename Queue, std::size_t N>
[[gnu::noinline, gnu::noclone]] std::size_t measured_pop(Queue& queue, Message<N>& message, std::size_t count) {
    std::size_t done = 0;
    while (done < count && queue.pop(message)) {
        done++;
    }
    return done;
}

// Never full and never empty within a round: as many at a time as every ring holds.
template <template <std::size_t> class Queue, std::size_t N>
void run(const char* name) {
    constexpr std::size_t at_once = ring_bytes / N / 4 < 64 ? ring_bytes / N / 4 : 64;
    auto queue = std::make_unique<Queue<N>>();
    Message<N> message{};
    std::size_t pushed = 0, popped = 0;
    for (std::size_t round = 0; round < rounds; round++) {
        pushed += measured_push<Queue<N>, N>(*queue, message, at_once);
        popped += measured_pop<Queue<N>, N>(*queue, message, at_once);
    }
    if (pushed != rounds * at_once || popped != pushed) {
        std::fprintf(stderr, "bench-rings: %s lost messages of %zu bytes\n", name, N);
        std::exit(1);
    }
    std::printf("%s %zu %zu\n", name, N, pushed);
}

template <std::size_t... N>
void run_sizes(std::index_sequence<N...>) {
    ((run<AmpRing, N>("AmpRing"), run<BoostQueue, N>("BoostQueue"), run<RteElements, N>("RteElements"), run<RteInPlace, N>("RteInPlace")),
     ...);
}

}  // namespace amp::bench

int main() { amp::bench::run_sizes(std::index_sequence<8, 16, 64, 256, 1024, 4096, 16384, 65536>()); }
