// SPDX-License-Identifier: GPL-2.0-only
// Throughput (singly and in batches) and round trip of the rings of queues.hpp between two threads, each pinned to a core.
// bench/table reads its JSON. Every message carries its number, which the receiver checks.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <rte_pause.h>
#include <sched.h>

#include "queues.hpp"

namespace amp::bench {
namespace {

void pin(unsigned core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (pthread_setaffinity_np(pthread_self(), sizeof(cores), &cores) != 0) {
        std::fprintf(stderr, "bench-rings: can't pin a thread to core %u: two cores are needed\n", core);
        std::exit(1);
    }
}

void relax() { rte_pause(); }

// The compiler must take the memory to be read and written here. (DoNotOptimize of Benchmark 1.7 loses what fits a register.)
void keep(void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

template <std::size_t N>
std::uint64_t number(const Message<N>& message) {
    std::uint64_t value = 0;
    std::memcpy(&value, message.data(), sizeof(value));
    return value;
}

// What is sent, numbered beforehand and sent in rotation: a number written right before its message is copied would cost every
// competitor a failed store forwarding (8 bytes written, 16 or more read back at once), some 15 ns that are nobody's ring.
template <std::size_t N, std::size_t at_least>
class Outgoing {
public:
    static constexpr std::size_t count = std::max(at_least, 16 * 1024 / N);
    static_assert((count & (count - 1)) == 0);

    Outgoing() : memory_(allocate(beside_page + count * N)) {
        for (std::uint64_t i = 0; i < count; i++) {
            std::memcpy(&messages()[i], &i, sizeof(i));
        }
        keep(memory_.get());
    }
    const Message<N>* at(std::uint64_t sent) const { return messages() + sent % count; }
    static std::uint64_t number_at(std::uint64_t sent) { return sent % count; }

private:
    // At a line's beginning, but at no page's: source and destination at the same place of a page, or a few bytes apart, is a
    // coincidence that some copies of long messages are slower for.
    static constexpr std::size_t beside_page = 17 * 64;
    Message<N>* messages() const {
        return reinterpret_cast<Message<N>*>(static_cast<std::byte*>(memory_.get()) + beside_page);
    }
    Memory memory_;
};

// The other thread, on core 1; told to stop when its object ends.
class Partner {
public:
    template <typename Work>
    explicit Partner(Work work) : thread_([this, work]() mutable {
        pin(1);
        ready_.store(true);
        while (!stop_.load(std::memory_order_relaxed)) {
            work();
        }
    }) {
        while (!ready_.load()) {
            std::this_thread::yield();
        }
    }
    ~Partner() {
        stop_.store(true);
        thread_.join();
    }

private:
    std::atomic<bool> ready_{false};
    alignas(128) std::atomic<bool> stop_{false};
    std::thread thread_;
};

struct alignas(128) Received {
    std::atomic<std::uint64_t> count{0};
    std::atomic<std::uint64_t> wrong{0};
};

// Enough to pass the ring four times over, and short enough that some repetitions are not disturbed by other programs.
template <std::size_t N>
constexpr std::uint64_t messages = 4 * ring_bytes / N;

// Times `send` until the partner has received everything: what still lies in a ring has not been carried. The first round warms
// up caches and pages and is not counted.
template <typename Send>
void timed(benchmark::State& state, const Received& received, std::uint64_t count, Send send) {
    std::uint64_t sent = 0;
    const auto round = [&] {
        const auto start = std::chrono::steady_clock::now();
        for (const std::uint64_t end = sent + count; sent < end;) {
            sent = send(sent);
        }
        while (received.count.load(std::memory_order_acquire) < sent) {
            relax();
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    (void)round();
    for (auto _ : state) {
        state.SetIterationTime(round() / static_cast<double>(count));
    }
    if (received.wrong.load() != 0) {
        state.SkipWithError("messages lost, repeated or out of order");
    }
}

template <template <std::size_t> class Queue, std::size_t N>
void single(benchmark::State& state) {
    pin(0);
    auto queue = std::make_unique<Queue<N>>();
    Received received;
    Partner partner([&, expected = std::uint64_t{0}, message = Message<N>{}]() mutable {
        if (!queue->pop(message)) {
            return relax();
        }
        keep(&message);
        if (number(message) != Outgoing<N, 4>::number_at(expected)) {
            received.wrong.store(1, std::memory_order_relaxed);
        }
        if (++expected % messages<N> == 0) {
            received.count.store(expected, std::memory_order_release);
        }
    });
    const Outgoing<N, 4> outgoing;
    timed(state, received, messages<N>, [&](std::uint64_t sent) {
        const Message<N>& message = *outgoing.at(sent);
        while (!queue->push(message)) {
            relax();
        }
        return sent + 1;
    });
}

template <std::size_t N>
using Batch = std::array<Message<N>, batch>;

template <template <std::size_t> class Queue, std::size_t N>
void batches(benchmark::State& state) {
    pin(0);
    auto queue = std::make_unique<Queue<N>>();
    Received received;
    auto in = std::make_unique<Batch<N>>();
    using Pool = Outgoing<N, 2 * batch>;
    const Pool outgoing;
    Partner partner([&, expected = std::uint64_t{0}]() mutable {
        const std::size_t count = queue->pop_many(in->data(), batch);
        if (count == 0) {
            return relax();
        }
        keep(in.get());
        for (std::size_t i = 0; i < count; i++) {
            if (number((*in)[i]) != Pool::number_at(expected++)) {
                received.wrong.store(1, std::memory_order_relaxed);
            }
        }
        if (expected % messages<N> == 0) {
            received.count.store(expected, std::memory_order_release);
        }
    });
    static_assert(messages<N> % batch == 0);
    timed(state, received, messages<N>, [&](std::uint64_t sent) {
        for (std::size_t done = 0; done < batch;) {
            const std::size_t count = queue->push_many(outgoing.at(sent + done), batch - done);
            done += count;
            if (count == 0) {
                relax();
            }
        }
        return sent + batch;
    });
}

template <template <std::size_t> class Queue, std::size_t N>
void round_trip(benchmark::State& state) {
    pin(0);
    auto there = std::make_unique<Queue<N>>(), back = std::make_unique<Queue<N>>();
    Received received;
    Partner partner([&, message = Message<N>{}]() mutable {
        if (!there->pop(message)) {
            return;
        }
        keep(&message);
        while (!back->push(message)) {
        }
    });
    Message<N> answer{};
    const Outgoing<N, 4> outgoing;
    timed(state, received, 400, [&](std::uint64_t sent) {
        const Message<N>& message = *outgoing.at(sent);
        while (!there->push(message)) {
        }
        while (!back->pop(answer)) {
        }
        keep(&answer);
        if (number(answer) != outgoing.number_at(sent)) {
            received.wrong.store(1);
        }
        received.count.store(sent + 1, std::memory_order_relaxed);
        return sent + 1;
    });
}

template <template <std::size_t> class Queue, std::size_t N>
void add(const std::string& name) {
    const std::string tail = name + "/" + std::to_string(N);
    benchmark::RegisterBenchmark(("single/" + tail).c_str(), single<Queue, N>)->UseManualTime()->Iterations(2);
    // A batch has to fit; larger messages than this are not sent in batches.
    if constexpr (N * batch <= ring_bytes / 4) {
        benchmark::RegisterBenchmark(("batch/" + tail).c_str(), batches<Queue, N>)->UseManualTime()->Iterations(2);
    }
    benchmark::RegisterBenchmark(("trip/" + tail).c_str(), round_trip<Queue, N>)->UseManualTime()->Iterations(2);
}

template <std::size_t... N>
void add_sizes(std::index_sequence<N...>) {
    ((add<AmpRing, N>("amp"), add<AmpPacked, N>("amp_packed"), add<BoostQueue, N>("boost"),
      add<RteElements, N>("rte_elements"), add<RteInPlace, N>("rte_in_place")), ...);
}

}  // namespace
}  // namespace amp::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    amp::bench::add_sizes(std::index_sequence<8, 16, 64, 256, 1024, 4096, 16384, 65536>());
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
