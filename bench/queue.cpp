// SPDX-License-Identifier: GPL-2.0-only
// What the split queue costs the worker per request (take, complete, show, decide about the interrupt), beside the system calls that
// a request is for: what any other layout of rings could save at most. bench/queue-table reads its JSON, and runs it under callgrind,
// where measured() is what counts.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <liburing.h>
#include <unistd.h>

#include "support/rig.hpp"

namespace amp::bench {
namespace {

constexpr std::uint16_t requests = 16; // three descriptors each, of 64
constexpr int rounds = 2000;

void must(bool condition, const char* what) {
    if (!condition) {
        std::fprintf(stderr, "bench-queue: %s failed\n", what);
        std::exit(1);
    }
}

enum class Chains { one, three, table };
enum class Flush { each, together };

void offer(test::Rig& rig, Chains chains) {
    for (std::uint16_t i = 0; i < requests; i++) {
        const auto head = chains == Chains::one
                              ? rig.driver.add({{rig.buffer(), 1500, true}})
                              : rig.driver.add({{rig.buffer(), 16, false}, {rig.buffer(64), 4096, true}, {rig.buffer(4160), 1, true}},
                                               chains == Chains::table);
        must(head.has_value(), "offering a chain");
    }
    rig.driver.show();
}

void collect(test::Rig& rig) {
    for (std::uint16_t i = 0; i < requests; i++) {
        must(rig.driver.collect().has_value(), "collecting a chain");
    }
    rig.driver.arm_interrupt();
}

// The worker's part, as the device models do it: all that there is, then back to sleep.
template <Chains chains, Flush flush>
[[gnu::noinline, gnu::noclone]] unsigned measured(test::Rig& rig) {
    unsigned taken = 0;
    rig.queue->disable_notifications();
    while (rig.queue->pop(rig.chain)) {
        rig.queue->complete(rig.chain.head(), 1);
        if (flush == Flush::each) {
            rig.queue->flush();
        }
        taken++;
    }
    rig.queue->flush();
    return rig.queue->enable_notifications() ? taken : 0;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <Chains chains, Flush flush>
void queue(benchmark::State& state) {
    test::Rig rig(64);
    for (auto _ : state) {
        offer(rig, chains);
        const auto start = std::chrono::steady_clock::now();
        const unsigned taken = measured<chains, flush>(rig);
        state.SetIterationTime(seconds_since(start) / requests);
        must(taken == requests, "taking the chains");
        collect(rig);
    }
}

// A file of 4 KiB that is in the page cache, read through io_uring as the block device does: `at_once` requests a system call.
void io_uring_read(benchmark::State& state) {
    const auto at_once = static_cast<unsigned>(state.range(0));
    char name[] = "/tmp/bench-queue-XXXXXX";
    const int file = mkstemp(name);
    std::vector<char> buffer(4096);
    must(file >= 0 && unlink(name) == 0 && write(file, buffer.data(), buffer.size()) == 4096, "a file in /tmp");
    io_uring ring;
    must(io_uring_queue_init(requests, &ring, 0) == 0, "io_uring_queue_init");
    const iovec piece = {buffer.data(), buffer.size()};
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        for (unsigned i = 0; i < at_once; i++) {
            io_uring_prep_readv(io_uring_get_sqe(&ring), file, &piece, 1, 0);
        }
        must(io_uring_submit_and_wait(&ring, at_once) == static_cast<int>(at_once), "io_uring_submit_and_wait");
        for (unsigned i = 0; i < at_once; i++) {
            io_uring_cqe* done = nullptr;
            must(io_uring_wait_cqe(&ring, &done) == 0 && done->res == 4096, "a read");
            io_uring_cqe_seen(&ring, done);
        }
        state.SetIterationTime(seconds_since(start) / at_once);
    }
    io_uring_queue_exit(&ring);
    close(file);
}

// What a frame costs at the least: readv() of 1500 bytes that are there. A TAP adds the network's work to it.
void pipe_readv(benchmark::State& state) {
    int ends[2];
    must(pipe(ends) == 0, "pipe");
    std::vector<char> frame(1500);
    const iovec piece = {frame.data(), frame.size()};
    for (auto _ : state) {
        for (int i = 0; i < requests; i++) {
            must(write(ends[1], frame.data(), frame.size()) == 1500, "write");
        }
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < requests; i++) {
            must(readv(ends[0], &piece, 1) == 1500, "readv");
        }
        state.SetIterationTime(seconds_since(start) / requests);
    }
    close(ends[0]);
    close(ends[1]);
}

template <Chains chains>
void add(const std::string& name) {
    benchmark::RegisterBenchmark(("queue/each/" + name).c_str(), queue<chains, Flush::each>)->UseManualTime()->Iterations(rounds);
    benchmark::RegisterBenchmark(("queue/together/" + name).c_str(), queue<chains, Flush::together>)->UseManualTime()->Iterations(rounds);
}

} // namespace
} // namespace amp::bench

int main(int argc, char** argv) {
    using namespace amp::bench;
    benchmark::Initialize(&argc, argv);
    add<Chains::one>("one");
    add<Chains::three>("three");
    add<Chains::table>("table");
    benchmark::RegisterBenchmark("call/io_uring", io_uring_read)->Arg(1)->Arg(requests)->UseManualTime()->Iterations(rounds);
    benchmark::RegisterBenchmark("call/readv", pipe_readv)->UseManualTime()->Iterations(rounds);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
